package hub.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import hub.call.policy.HandlerSuspension;
import hub.testing.Hubs;
import hub.testing.Source;
import hub.testing.Store;
import hub.testing.TestHub;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Handlers that the hub suspends by itself. */
@Tag("postgres")
class GoneReceiversTest {
  private static final Hubs HUBS =
      new Hubs(store -> TestHub.on(store).routeFile("example/example-greet.camel.yaml").start());

  @AfterAll
  static void stop() {
    HUBS.close();
  }

  private static void suspend(TestHub hub, String route) {
    hub.context()
        .getRegistry()
        .findSingleByType(HandlerSuspension.class)
        .suspend(route, "crm.example.com answered 410: the address is gone");
  }

  private static JsonNode route(TestHub hub, String id) {
    for (JsonNode route : hub.json("/api/admin/routes").get("routes")) {
      if (route.get("id").asText().equals(id)) {
        return route;
      }
    }
    throw new AssertionError("no route " + id);
  }

  private static JsonNode events(TestHub hub) {
    return hub.json("/api/admin/events?source=hub").get("events");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_route_and_a_waiting_event_tell_who_suspended_it_and_why(Store store) {
    TestHub hub = HUBS.emptied(store);
    Source source = new Source(hub).handler("forward", "order.*", exchange -> {});
    String id = source.route("forward");

    suspend(hub, id);
    suspend(hub, id);

    await().until(() -> route(hub, id).get("state").asText().equals("suspended"));
    JsonNode route = route(hub, id);
    assertThat(route.get("suspendedBy").asText()).isEqualTo("webhook-sink");
    assertThat(route.get("suspendedBecause").asText())
        .isEqualTo("crm.example.com answered 410: the address is gone");
    assertThat(events(hub))
        .singleElement()
        .satisfies(
            event -> assertThat(event.get("type").asText()).isEqualTo("hub.handler.suspended"));
    UUID waiting = source.event("evt_1", "order.paid");
    JsonNode handler = hub.json("/api/admin/events/" + waiting).at("/handlers/0");
    assertThat(handler.get("status").asText()).isEqualTo("received");
    assertThat(handler.get("suspendedBy").asText()).isEqualTo("webhook-sink");

    hub.operate("/api/admin/routes/" + id + "/resume", "");
    source.awaitStatus(waiting, "done");
    assertThat(route(hub, id).get("suspendedBecause").isNull()).isTrue();
    assertThat(hub.json("/api/admin/events/" + waiting).at("/handlers/0/suspendedBy").isNull())
        .isTrue();

    // Gone again: another suspension, another event.
    suspend(hub, id);
    assertThat(events(hub)).hasSize(2);
    hub.operate("/api/admin/routes/" + id + "/suspend", "");
    assertThat(route(hub, id).get("suspendedBy").asText()).isEqualTo("admin");
    assertThat(route(hub, id).get("suspendedBecause").isNull()).isTrue();
  }

  /** What a crash between the two would leave. */
  @ParameterizedTest
  @EnumSource(Store.class)
  void a_suspension_and_its_event_are_stored_together_or_not_at_all(Store store) {
    TestHub hub = HUBS.emptied(store);
    String id = new Source(hub).handler("forward", "order.*", exchange -> {}).route("forward");
    hub.update(
        "ALTER TABLE inbox_event ADD CONSTRAINT broken CHECK (type <> 'hub.handler.suspended')");
    try {
      suspend(hub, id);
    } finally {
      hub.update("ALTER TABLE inbox_event DROP CONSTRAINT broken");
    }
    assertThat(events(hub)).isEmpty();
    assertThat(route(hub, id).get("suspendedBy").isNull()).isTrue();

    suspend(hub, id);
    assertThat(events(hub)).hasSize(1);
    assertThat(route(hub, id).get("suspendedBy").asText()).isEqualTo("webhook-sink");
  }
}
