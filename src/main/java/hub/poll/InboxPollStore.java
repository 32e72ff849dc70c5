package hub.poll;

import hub.db.StoreUnavailableException;
import hub.inbox.db.NewEvent;
import hub.inbox.db.Receipt;
import hub.inbox.engine.AppendCallback;
import hub.inbox.engine.Appender;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Keeps a source's items in the inbox, and its position and keys in the hub's tables. */
final class InboxPollStore implements PollStore {
  /** The inbox answers within ten seconds. */
  private static final long APPEND_SECONDS = 30;

  private final String source;
  private final UUID owner;
  private final PollTable table;
  private final Appender inbox;

  /**
   * @param owner of the source's lease
   */
  InboxPollStore(String source, UUID owner, PollTable table, Appender inbox) {
    this.source = source;
    this.owner = owner;
    this.table = table;
    this.inbox = inbox;
  }

  @Override
  public Set<String> known(Collection<String> ids) throws SQLException {
    return table.known(source, ids);
  }

  @Override
  public List<Receipt> append(List<NewEvent> events) throws Exception {
    CompletableFuture<List<Receipt>> stored = new CompletableFuture<>();
    inbox.append(
        events,
        Optional.empty(),
        new AppendCallback() {
          @Override
          public void stored(List<Receipt> receipts) {
            stored.complete(List.copyOf(receipts));
          }

          @Override
          public void failed(Exception error) {
            stored.completeExceptionally(error);
          }
        });
    try {
      return stored.get(APPEND_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    } catch (TimeoutException e) {
      throw new StoreUnavailableException("the event store is silent", e);
    }
  }

  @Override
  public void commit(PollPosition position, Collection<String> stored, Collection<String> shown)
      throws SQLException {
    table.commit(source, owner, position, stored, shown);
  }
}
