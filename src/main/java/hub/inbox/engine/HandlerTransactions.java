package hub.inbox.engine;

import hub.config.Setting;
import hub.config.Settings;
import hub.db.Database;
import hub.db.Dialect;
import hub.db.StoreUnavailableException;
import hub.db.ThreadTransaction;
import hub.db.TransactionLimits;
import hub.inbox.db.InboxStore;
import hub.inbox.db.NewEvent;
import hub.inbox.db.Outcome;
import hub.inbox.db.Receipt;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * Commits the effects of transacted handlers together with their outcomes. Thread-safe.
 *
 * <p>Nobody checks the lease before an effect: the lease token decides when the outcome is written,
 * just before the commit.
 */
public final class HandlerTransactions {
  /** Attempts events within a transaction; returns their outcomes. */
  @FunctionalInterface
  public interface Attempts {
    List<Outcome> in(ThreadTransaction transaction) throws SQLException;
  }

  private final Database database;
  private final InboxStore store;
  private final JoinedAppends appends;
  private final InboxMetrics metrics;
  private final StoreOutage storeOutage;

  /**
   * Half of the pool stays for those who store, claim and ask. On H2 there is one: where several
   * transactions change the same row at the same time, it has lost changes of one of them.
   */
  private final Semaphore connections;

  /** A quarter of the handlers' connections: waits for locks must not use up the others. */
  private final Semaphore waits;

  HandlerTransactions(
      Database database,
      InboxStore store,
      JoinedAppends appends,
      InboxMetrics metrics,
      StoreOutage storeOutage,
      Settings settings) {
    this.database = database;
    this.store = store;
    this.appends = appends;
    this.metrics = metrics;
    this.storeOutage = storeOutage;
    int half = settings.count(Setting.DATABASE_POOL_SIZE) / 2;
    int all = database.dialect() == Dialect.H2 ? 1 : half;
    this.waits = new Semaphore(all / 4);
    this.connections = new Semaphore(Math.max(1, all - all / 4), true);
  }

  /** What is committed. */
  private record Done(List<Outcome> outcomes, List<JoinedAppends.Append> appends) {}

  /**
   * Appends an event in the transaction of this thread: it is stored at the end of that, and its
   * handlers are woken after the commit.
   *
   * @return empty when the thread has no transaction; then nothing is done
   */
  public Optional<Receipt> append(NewEvent event) throws SQLException {
    Optional<ThreadTransaction> transaction = database.threadTransaction();
    return transaction.isEmpty()
        ? Optional.empty()
        : Optional.of(appends.append(transaction.get(), event));
  }

  /**
   * Reserves one of the connections for transactions that may wait long for a lock.
   *
   * @return false: all are in use; else call {@link #endWait} afterwards
   */
  public boolean reserveForWait() {
    return waits.tryAcquire();
  }

  public void endWait() {
    waits.release();
  }

  /**
   * Runs the attempts in one transaction of this thread and commits what they did with their
   * outcomes.
   *
   * @param isReserved whether the caller has a connection by {@link #reserveForWait}
   * @throws LeaseExpiredException when one of the events belongs to somebody else; nothing is done
   * @throws StoreUnavailableException when the thread is interrupted while it waits for its turn
   * @throws SQLException when nothing is done, or the answer to the commit is lost
   */
  public void commit(Attempts attempts, TransactionLimits limits, boolean isReserved)
      throws SQLException {
    if (isReserved) {
      commit(attempts, limits);
      return;
    }
    acquire();
    try {
      commit(attempts, limits);
    } finally {
      connections.release();
    }
  }

  private void commit(Attempts attempts, TransactionLimits limits) throws SQLException {
    long askedAt = storeOutage.now();
    Done done;
    try {
      done =
          database.inThreadTransaction(
              transaction -> {
                database.limit(transaction, limits);
                List<Outcome> outcomes = attempts.in(transaction);
                // Writing may wait for an append to the same lane, and so for the disk. No other
                // node is to wait for long while this one stalls.
                database.endLimits(transaction, limits);
                return finish(transaction, outcomes);
              });
    } catch (SQLException | RuntimeException e) {
      storeOutage.recordIfOutage(e, askedAt);
      throw e;
    }
    storeOutage.recordAnswer(askedAt);
    done.outcomes().forEach(metrics::finished);
    appends.committed(done.appends());
  }

  private void acquire() {
    try {
      connections.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("the handler is being stopped", e);
    }
  }

  private Done finish(ThreadTransaction transaction, List<Outcome> outcomes) throws SQLException {
    List<JoinedAppends.Append> appended = appends.write(transaction, outcomes);
    if (!outcomes.isEmpty()
        && store.finish(transaction.connection(), outcomes).size() < outcomes.size()) {
      throw new LeaseExpiredException("another process has taken over an event of the transaction");
    }
    return new Done(outcomes, appended);
  }
}
