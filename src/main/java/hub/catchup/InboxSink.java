package hub.catchup;

import hub.inbox.camel.InboxComponent;
import hub.inbox.db.NewEvent;
import hub.inbox.db.Receipt;
import hub.inbox.engine.AppendCallback;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Stores what was not delivered, marked so; wakes no dead event. Thread-safe. */
final class InboxSink implements CatchUpRun.Sink {
  /** The inbox answers within seconds, also when its store is silent. */
  private static final int MOST_SECONDS = 30;

  private final String source;
  private final InboxComponent inbox;
  private final Clock clock;

  InboxSink(String source, InboxComponent inbox, Clock clock) {
    this.source = source;
    this.inbox = inbox;
    this.clock = clock;
  }

  @Override
  public Set<String> stored(List<String> ids) throws SQLException {
    return inbox.stored(source, ids);
  }

  @Override
  public List<ShowEvent.Stored> append(List<Undelivered.Event> events) throws IOException {
    Instant now = clock.instant();
    List<NewEvent> all = events.stream().map(event -> event(event, now)).toList();
    List<Receipt> receipts = append(all, new CompletableFuture<>());
    List<ShowEvent.Stored> added = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (!receipts.get(i).duplicate()) {
        added.add(new ShowEvent.Stored(all.get(i), receipts.get(i)));
      }
    }
    return added;
  }

  private List<Receipt> append(List<NewEvent> all, CompletableFuture<List<Receipt>> done)
      throws IOException {
    inbox
        .appender()
        .append(
            all,
            Optional.empty(),
            new AppendCallback() {
              @Override
              public void stored(List<Receipt> receipts) {
                done.complete(List.copyOf(receipts));
              }

              @Override
              public void failed(Exception error) {
                done.completeExceptionally(error);
              }
            });
    try {
      return done.get(MOST_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("the event store is silent", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the hub is stopping", e);
    }
  }

  private NewEvent event(Undelivered.Event event, Instant now) {
    return new NewEvent(
        source,
        event.fields().id(),
        event.fields().type(),
        event.fields().orderingKey(),
        now,
        event.fields().headers(),
        event.payload(),
        false,
        Optional.of(NewEvent.CATCH_UP));
  }
}
