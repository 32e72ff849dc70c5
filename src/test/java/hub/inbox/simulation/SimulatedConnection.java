package hub.inbox.simulation;

import hub.testing.Proxies;
import java.lang.reflect.Method;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.h2.api.ErrorCode;

/**
 * A connection that gives the baton on before each statement and commit, and has faults there. A
 * statement that finds a row locked is made again when some transaction has ended; if all wait for
 * each other, the last one is told of the deadlock.
 */
final class SimulatedConnection {
  private static final long MOST_NANOS = TimeUnit.MICROSECONDS.toNanos(1_500);
  private static final long MOST_SLOW_NANOS = TimeUnit.SECONDS.toNanos(12);
  private static final long LOCK_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final SimulatedDatabase database;
  private final Connection real;
  private final Optional<SimulatedDatabase.Run> run;
  private final int node;
  private final Connection proxy;
  private boolean transaction;
  private boolean open;
  private boolean writes;
  private boolean lost;
  private Optional<Baton.Task> blocked = Optional.empty();

  /** Numbers of the mutant that draws them too early; 0: none yet in this transaction. */
  private long drawn;

  SimulatedConnection(SimulatedDatabase database, Connection real) {
    this.database = database;
    this.real = real;
    this.run = database.run();
    this.node = run.map(one -> one.baton().current().node()).orElse(Baton.OUTSIDE);
    this.proxy = Proxies.of(Connection.class, this::answer);
  }

  Connection proxy() {
    return proxy;
  }

  int node() {
    return node;
  }

  /** Whether it is within a transaction that may hold locks. */
  boolean isOpen() {
    return open;
  }

  boolean isBlocked() {
    return blocked.isPresent();
  }

  void wake() {
    blocked.ifPresent(task -> run.orElseThrow().baton().wake(task, 0));
  }

  private Object answer(Method method, Object[] arguments) throws Throwable {
    if (method.getName().equals("close")) {
      lose();
      return null;
    }
    if (method.getName().equals("isClosed")) {
      return lost;
    }
    refuseLost();
    switch (method.getName()) {
      case "prepareStatement" -> {
        return prepare((String) arguments[0]);
      }
      case "commit" -> {
        commit();
        return null;
      }
      case "rollback" -> {
        real.rollback();
        ended();
        return null;
      }
      case "setAutoCommit" -> transaction = !(boolean) arguments[0];
      default -> {
        // As it is.
      }
    }
    return Proxies.call(real, method, arguments);
  }

  private void refuseLost() throws SQLException {
    if (run.isPresent() && run.get().baton().current().crashed()) {
      throw new Baton.Crashed();
    }
    if (lost) {
      throw cut();
    }
  }

  private static SQLException cut() {
    return new SQLException("the connection is broken", "08006");
  }

  /** Rolls back and gives the real connection away. */
  void lose() {
    if (!lost) {
      lost = true;
      giveBack();
    }
  }

  private void giveBack() {
    try {
      if (!real.getAutoCommit()) {
        real.rollback();
        real.setAutoCommit(true);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    ended();
    database.takeBack(this, real);
  }

  private void ended() {
    if (open) {
      open = false;
      writes = false;
      drawn = 0;
      database.wakeBlocked();
    }
  }

  private PreparedStatement prepare(String sql) throws SQLException {
    String virtual = run.map(one -> one.rewritten(sql)).orElse(sql);
    if (virtual.contains(Mutant.DRAWN)) {
      virtual = virtual.replace(Mutant.DRAWN, Long.toString(drawn));
    }
    PreparedStatement statement = database.prepare(real, virtual);
    return Proxies.of(
        PreparedStatement.class,
        (method, arguments) -> {
          if (method.getName().equals("close")) {
            statement.clearBatch();
            return null;
          }
          refuseLost();
          return run.isPresent() && method.getName().startsWith("execute")
              ? execute(sql, () -> Proxies.call(statement, method, arguments))
              : Proxies.call(statement, method, arguments);
        });
  }

  /** A call of the driver. */
  private interface Call {
    Object run() throws Throwable;
  }

  private Object execute(String sql, Call statement) throws Throwable {
    Baton baton = run.orElseThrow().baton();
    baton.note(sql);
    pass();
    failBefore();
    open |= transaction;
    writes |= !sql.startsWith("SELECT");
    if (drawn == 0
        && run.get().mutant() == Mutant.NUMBER_BEFORE_LOCK
        && sql.contains("FOR UPDATE")) {
      drawn = draw();
    }
    long deadline = baton.now() + LOCK_TIMEOUT_NANOS;
    while (true) {
      try {
        return statement.run();
      } catch (SQLException e) {
        H2Locks.makeWaitsEnd(real);
        if (e.getErrorCode() != ErrorCode.LOCK_TIMEOUT_1
            || e instanceof BatchUpdateException
            || baton.now() >= deadline) {
          baton.note("failed: error " + e.getErrorCode());
          throw e;
        }
      }
      awaitLock(deadline);
      refuseLost();
    }
  }

  /** Time passes, in which others have the baton. */
  private void pass() throws SQLException {
    SimulatedDatabase.Run under = run.orElseThrow();
    Baton baton = under.baton();
    boolean slow = under.faulty() && baton.happens(under.faults().slow());
    baton.pause(baton.upTo(slow ? MOST_SLOW_NANOS : MOST_NANOS));
    refuseLost();
  }

  private void failBefore() throws SQLException {
    SimulatedDatabase.Run under = run.orElseThrow();
    if (!under.faulty()) {
      return;
    }
    if (under.baton().happens(under.faults().error())) {
      under.baton().note("fault: error");
      throw new SQLException("a fault of the simulation", "HY000");
    }
    if (under.baton().happens(under.faults().cut())) {
      under.baton().note("fault: cut");
      lose();
      throw cut();
    }
  }

  private void awaitLock(long deadline) throws SQLException {
    Baton baton = run.orElseThrow().baton();
    baton.note("waits for a lock");
    blocked = Optional.of(baton.current());
    try {
      if (open && database.isDeadlocked()) {
        baton.note("deadlock");
        real.rollback();
        ended();
        throw new SQLException("deadlock", "40001", ErrorCode.DEADLOCK_1);
      }
      baton.pause(deadline - baton.now());
    } finally {
      blocked = Optional.empty();
    }
  }

  private long draw() throws SQLException {
    try (PreparedStatement next = real.prepareStatement("SELECT NEXT VALUE FOR inbox_sequence");
        var row = next.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  private void commit() throws SQLException {
    if (run.isEmpty()) {
      real.commit();
      return;
    }
    SimulatedDatabase.Run under = run.get();
    under.baton().note("commit");
    pass();
    failBefore();
    real.commit();
    boolean wrote = writes;
    ended();
    if (wrote) {
      under.committed().run();
    }
    if (under.faulty() && under.baton().happens(under.faults().untold())) {
      under.baton().note("fault: committed, untold");
      lose();
      throw cut();
    }
    // Others go on before the node knows.
    pass();
  }
}
