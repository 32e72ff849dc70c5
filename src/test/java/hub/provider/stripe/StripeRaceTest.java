package hub.provider.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import hub.testing.LogLines;
import hub.testing.Payload;
import hub.testing.Store;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("postgres")
@Tag("waits")
class StripeRaceTest {
  private static final int EVENTS = 60;
  private static final int THREADS = 8;

  /** Several routes on several nodes write one row at the same time. */
  @ParameterizedTest
  @EnumSource(Store.class)
  void of_events_written_at_the_same_time_the_last_one_stays(Store store) throws Exception {
    Payload updated = Payload.of("stripe/customer.subscription.updated.json");
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (StripeHub stripe = StripeHub.on(store);
        LogLines errors =
            LogLines.of("org.apache.camel.processor.errorhandler.DefaultErrorHandler");
        ProducerTemplate template = stripe.hub.context().createProducerTemplate()) {
      for (int round = 0; round < 3; round++) {
        String subscription = "sub_" + round;
        List<Callable<Exchange>> writes = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
          int second = i / 6;
          int rank = 1 + i / 2 % 3;
          UUID eventId = UUID.randomUUID();
          long sequence = i + 1L;
          byte[] body =
              updated
                  .with("/created", second)
                  .with("/data/object/id", subscription)
                  .with("/data/object/status", "state-" + i)
                  .text()
                  .getBytes(StandardCharsets.UTF_8);
          writes.add(
              () ->
                  template.send(
                      "direct:stripe-record-subscription",
                      exchange -> {
                        exchange.setVariable("rank", rank);
                        exchange.setVariable("eventId", eventId.toString());
                        exchange.setVariable("sequence", sequence);
                        exchange.getMessage().setBody(body);
                      }));
        }
        Collections.shuffle(writes, new Random(round));
        for (Future<Exchange> one : threads.invokeAll(writes)) {
          assertThat(one.get().getException()).isNull();
        }

        assertThat(stripe.row(subscription, "status")).contains("state-" + (EVENTS - 1));
      }
      assertThat(errors.lines()).isEmpty();
    } finally {
      threads.shutdownNow();
    }
  }
}
