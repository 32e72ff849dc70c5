package hub.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import hub.testing.Hubs;
import hub.testing.Source;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.StreamSupport;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("postgres")
class EventListTest {
  private static final Hubs HUBS = new Hubs(store -> TestHub.on(store).start());

  @AfterAll
  static void stop() {
    HUBS.close();
  }

  private static List<String> ids(JsonNode answer) {
    return StreamSupport.stream(answer.get("events").spliterator(), false)
        .map(event -> event.get("providerEventId").asText())
        .toList();
  }

  private static List<String> list(TestHub hub, Source source, String parameters) {
    return ids(hub.json("/api/admin/events?source=" + source.name() + parameters));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_event_is_found_by_the_beginning_of_its_id(Store store) {
    TestHub hub = HUBS.on(store);
    Source source = new Source(hub);
    UUID id = source.event("evt_prefix", "order.paid");
    UUID other = source.event("evt_prefix_2", "order.paid");
    String text = id.toString();

    for (String part :
        List.of(
            text,
            text.substring(0, 35),
            text.replace("-", "").substring(0, 31),
            text.toUpperCase(Locale.ROOT))) {
      assertThat(ids(hub.json("/api/admin/events?id=" + part)))
          .as(part)
          .containsExactly("evt_prefix");
    }
    assertThat(ids(hub.json("/api/admin/events?limit=200&id=" + text.substring(0, 8))))
        .contains("evt_prefix");
    assertThat(ids(hub.json("/api/admin/events?id=" + other.toString().substring(0, 30))))
        .contains("evt_prefix_2");
    for (String wrong :
        List.of(text.substring(0, 7), "zzzzzzzz", text + "0", "01-95f3a00", text + "&q=x")) {
      assertThat(hub.get("/api/admin/events?id=" + wrong).statusCode()).as(wrong).isEqualTo(400);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_event_is_shown_with_every_field(Store store) {
    TestHub hub = HUBS.on(store);
    Source source = new Source(hub).handler("note", "order.*", exchange -> {});
    UUID id = source.event("evt_1", "order.paid", "done");

    JsonNode event = hub.json("/api/admin/events?source=" + source.name()).get("events").get(0);

    assertThat(event.properties())
        .extracting(Map.Entry::getKey)
        .containsExactly(
            "id",
            "source",
            "providerEventId",
            "type",
            "status",
            "attempts",
            "receivedAt",
            "processedAt",
            "nextAttemptAt",
            "lastError",
            "orderingKey",
            "arrivedBy");
    assertThat(event.get("id").asText()).isEqualTo(id.toString());
    assertThat(event.get("source").asText()).isEqualTo(source.name());
    assertThat(event.get("type").asText()).isEqualTo("order.paid");
    assertThat(event.get("status").asText()).isEqualTo("done");
    assertThat(event.get("attempts").asInt()).isEqualTo(1);
    assertThat(event.get("receivedAt").asText())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    assertThat(Instant.parse(event.get("processedAt").asText()))
        .isAfterOrEqualTo(Instant.parse(event.get("receivedAt").asText()).minusMillis(1));
    assertThat(event.get("nextAttemptAt").isNull()).isTrue();
    assertThat(event.get("lastError").isNull()).isTrue();
    assertThat(event.get("orderingKey").asText()).isEqualTo("key-evt_1");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void every_state_is_shown_and_can_be_asked_for(Store store) {
    TestHub hub = HUBS.on(store);
    CountDownLatch release = new CountDownLatch(1);
    Source source =
        new Source(hub)
            .handler("fine", "fine,mixed", exchange -> {})
            .handler("broken", "broken,mixed", EventListTest::fail)
            .handler("later", "later", "&retryDelaysSeconds=3600", EventListTest::fail)
            .handler("slow", "slow,waiting", "&concurrency=1", exchange -> release.await());
    source.event("ignored", "unheard-of", "ignored");
    source.event("done", "fine", "done");
    source.event("dead", "broken", "dead");
    source.event("half-dead", "mixed", "dead");
    source.event("retrying", "later", "retrying");
    source.event("processing", "slow", "processing");
    source.event("received", "waiting", "received");

    assertThat(list(hub, source, "&status=ignored")).containsExactly("ignored");
    assertThat(list(hub, source, "&status=done")).containsExactly("done");
    assertThat(list(hub, source, "&status=dead")).containsExactly("half-dead", "dead");
    assertThat(list(hub, source, "&status=retrying")).containsExactly("retrying");
    assertThat(list(hub, source, "&status=processing")).containsExactly("processing");
    assertThat(list(hub, source, "&status=received")).containsExactly("received");
    assertThat(list(hub, source, ""))
        .containsExactly(
            "received", "processing", "retrying", "half-dead", "dead", "done", "ignored");
    assertThat(ids(hub.json("/api/admin/events?status=retrying"))).contains("retrying");
    release.countDown();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_failed_event_tells_its_error_and_when_it_is_tried_again(Store store) {
    TestHub hub = HUBS.on(store);
    Source source =
        new Source(hub).handler("later", "*", "&retryDelaysSeconds=3600", EventListTest::fail);
    source.event("evt_1", "order.paid", "retrying");

    JsonNode event = hub.json("/api/admin/events?source=" + source.name()).get("events").get(0);

    assertThat(event.get("lastError").asText())
        .matches("\\S+-later/process-1: IllegalStateException: Out of Stock: 100%_off");
    assertThat(Instant.parse(event.get("nextAttemptAt").asText()))
        .isBetween(Instant.now().plusSeconds(2_800), Instant.now().plusSeconds(4_400));
    assertThat(event.get("processedAt").isNull()).isTrue();
    assertThat(event.get("attempts").asInt()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_type_may_have_wildcards_as_in_a_handler(Store store) {
    TestHub hub = HUBS.on(store);
    Source source = new Source(hub);
    source.event("a", "order.paid");
    source.event("b", "order.line.paid");
    source.event("c", "order_paid");
    source.event("d", "customer.created");

    assertThat(list(hub, source, "&type=order.paid")).containsExactly("a");
    assertThat(list(hub, source, "&type=order.*")).containsExactly("b", "a");
    assertThat(list(hub, source, "&type=*paid")).containsExactly("c", "b", "a");
    assertThat(list(hub, source, "&type=order_*")).containsExactly("c");
    assertThat(list(hub, source, "&type=customer.*,order.paid")).containsExactly("d", "a");
    assertThat(list(hub, source, "&type=%25")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void since_counts_from_and_until_counts_up_to_a_time(Store store) {
    TestHub hub = HUBS.on(store);
    Source source = new Source(hub);
    source.event("old", "x");
    await().until(() -> Instant.now().isAfter(received(hub, source).plusMillis(2)));
    source.event("new", "x");
    String between = Json.time(received(hub, source));

    assertThat(list(hub, source, "&since=" + between)).containsExactly("new");
    assertThat(list(hub, source, "&until=" + between)).containsExactly("old");
    assertThat(list(hub, source, "&since=2020-01-01&until=2020-01-02T00:00:00%2B02:00")).isEmpty();
    assertThat(list(hub, source, "&since=1970-01-01&until=9999-12-31")).hasSize(2);
  }

  /** When the newest event was received. */
  private static Instant received(TestHub hub, Source source) {
    return Instant.parse(
        hub.json("/api/admin/events?source=" + source.name())
            .get("events")
            .get(0)
            .get("receivedAt")
            .asText());
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_search_finds_parts_of_ids_types_and_errors_in_any_case_and_nothing_else(Store store) {
    TestHub hub = HUBS.on(store);
    Source source = new Source(hub).handler("broken", "broken", EventListTest::fail);
    UUID id = source.event("Evt_A1", "broken", "dead");
    source.eventOf("evtXA2", "order.Paid!", "{\"secret\":\"needle\"}");

    assertThat(list(hub, source, "&q=" + id.toString().substring(9).toUpperCase(Locale.ROOT)))
        .containsExactly("Evt_A1");
    assertThat(list(hub, source, "&q=evt_a")).containsExactly("Evt_A1");
    assertThat(list(hub, source, "&q=VTXA")).containsExactly("evtXA2");
    assertThat(list(hub, source, "&q=r.paid")).containsExactly("evtXA2");
    assertThat(list(hub, source, "&q=paid!")).containsExactly("evtXA2");
    assertThat(list(hub, source, "&q=" + encoded("out of stock: 100%_O")))
        .containsExactly("Evt_A1");
    assertThat(list(hub, source, "&q=" + encoded("1_0%_"))).isEmpty();
    assertThat(list(hub, source, "&q=needle")).as("payloads are not searched").isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_walk_by_cursor_meets_every_event_once_while_new_ones_arrive(Store store) {
    TestHub hub = HUBS.on(store);
    Source source = new Source(hub).handler("note", "x", exchange -> {});
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      source.event("evt_" + i, "x");
      expected.add("evt_" + i);
    }
    Collections.reverse(expected);

    List<String> met = new ArrayList<>();
    String cursor = "";
    int pages = 0;
    do {
      JsonNode page = hub.json("/api/admin/events?limit=37&source=" + source.name() + cursor);
      met.addAll(ids(page));
      source.event("late_" + pages++, "x");
      cursor = page.get("nextCursor").isNull() ? "" : "&cursor=" + page.get("nextCursor").asText();
    } while (!cursor.isEmpty());

    assertThat(met).isEqualTo(expected);
    assertThat(pages).isEqualTo(14);
    assertThat(list(hub, source, "")).hasSize(50);
    assertThat(list(hub, source, "&limit=200")).hasSize(200);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_page_that_holds_all_there_is_has_no_next_one(Store store) {
    TestHub hub = HUBS.on(store);
    Source source = new Source(hub);
    source.event("a", "x");
    source.event("b", "x");

    JsonNode page = hub.json("/api/admin/events?limit=2&source=" + source.name());

    assertThat(ids(page)).hasSize(2);
    assertThat(page.has("nextCursor")).isTrue();
    assertThat(page.get("nextCursor").isNull()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "limit=0|limit",
        "limit=201|limit",
        "limit=ten|limit",
        "limit=|limit",
        "status=lost|status",
        "status=DEAD|status",
        "since=yesterday|since",
        "since=2026-01-31T12:00:00|since",
        "until=99999-01-01|until",
        "since=2026-02-01&until=2026-01-01|since",
        "cursor=abc|cursor",
        "cursor=!|cursor",
        "source=|source",
        "q=%00|q",
        "q=%FF|q",
        "type=%2C|type",
        "type=+%2C+%2C|type",
        "type=a&type=b|type",
        "colour=red|colour",
        "Limit=5|Limit",
      })
  void a_bad_or_unknown_parameter_is_refused_by_name(String parameters, String name) {
    var answer = HUBS.on(Store.H2).get("/api/admin/events?" + parameters);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    JsonNode problem = Json.own(answer.body());
    assertThat(problem.get("type").asText()).isEqualTo("urn:hub:problem:payload-invalid");
    assertThat(problem.get("detail").asText()).startsWith(name + ": ");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_type_of_any_characters_is_found_alone(Store store) {
    TestHub hub = HUBS.on(store);
    Source source = new Source(hub);
    List<String> types = List.of("a,b", "a*b", "a b ", "a\\b", "a\\", "a%b_c!", "axb", "a", "b");
    types.forEach(type -> source.event(type, type, "ignored"));

    for (String type : types) {
      String exactly = type.replaceAll("[\\\\,*]|^\\s|\\s$", "\\\\$0");
      assertThat(list(hub, source, "&type=" + encoded(exactly))).as(exactly).containsExactly(type);
    }
    assertThat(list(hub, source, "&type=" + encoded(" a*b , b,"))).hasSize(5);
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void all_faults_are_told_at_once(Store store) {
    var answer = HUBS.on(store).get("/api/admin/events?limit=0&colour=red&status=lost");

    assertThat(Json.own(answer.body()).get("detail").asText())
        .contains("limit: ", "colour: ", "status: ");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void one_event_is_shown_with_payload_headers_and_every_attempt(Store store) {
    TestHub hub = HUBS.on(store);
    Source source =
        new Source(hub)
            .handler("fine", "*", exchange -> {})
            .handler("broken", "*", "&retryDelaysSeconds=0,0", EventListTest::fail);
    UUID id = source.event("evt_ü", "order.paid", "dead");

    JsonNode event = hub.json("/api/admin/events/" + id);

    assertThat(event.get("payload").asText()).isEqualTo("{\"id\":\"evt_ü\"}");
    assertThat(event.get("payloadBase64").isNull()).isTrue();
    assertThat(event.get("headers").get("content-type").asText()).isEqualTo("application/json");
    assertThat(event.get("attempts").asInt()).isEqualTo(3);
    assertThat(event.get("handlers")).hasSize(2);
    JsonNode broken = event.get("handlers").get(0);
    assertThat(broken.get("route").asText()).isEqualTo(source.route("broken"));
    assertThat(broken.get("status").asText()).isEqualTo("dead");
    assertThat(broken.get("attempts")).hasSize(3);
    JsonNode last = broken.get("attempts").get(2);
    assertThat(last.get("at").asText()).matches("[^.]+\\.\\d{3}Z");
    assertThat(last.get("durationMs").isIntegralNumber()).isTrue();
    assertThat(last.get("outcome").asText()).isEqualTo("dead");
    assertThat(last.get("error").asText()).contains("Out of Stock");
    JsonNode fine = event.get("handlers").get(1).get("attempts").get(0);
    assertThat(fine.get("outcome").asText()).isEqualTo("done");
    assertThat(fine.get("error").isNull()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_payload_that_is_no_text_is_shown_in_base64(Store store) {
    TestHub hub = HUBS.on(store);
    UUID id = new Source(hub).eventOf("evt_1", "x", new byte[] {(byte) 0xFF, 0, 1});

    JsonNode event = hub.json("/api/admin/events/" + id);

    assertThat(event.get("payload").isNull()).isTrue();
    assertThat(event.get("payloadBase64").asText()).isEqualTo("/wAB");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0190a6c0-0000-7000-8000-000000000000", "1-1-1-1-1", "x", "a%2Fb"})
  void an_unknown_event_is_not_found(String id) {
    var answer = HUBS.on(Store.H2).get("/api/admin/events/" + id);

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("urn:hub:problem:event-unknown");
  }

  @Test
  void only_the_operators_key_opens_it() {
    TestHub hub = HUBS.on(Store.H2);
    for (String path : List.of("/events", "/events/" + new UUID(0, 0), "/stats")) {
      assertThat(hub.send("GET", "/api/admin" + path, new byte[0]).statusCode()).isEqualTo(401);
      assertThat(
              hub.send("GET", "/api/admin" + path, new byte[0], "Authorization", "Bearer x").body())
          .contains("key-wrong");
      var caller =
          hub.send(
              "GET",
              "/api/admin" + path,
              new byte[0],
              "Authorization",
              "Bearer " + TestHub.API_KEY);
      assertThat(caller.statusCode()).isEqualTo(403);
      assertThat(caller.body()).contains("not-permitted");
    }
  }

  @Test
  void what_is_only_read_takes_no_post() {
    var answer = HUBS.on(Store.H2).operate("/api/admin/events", "{}");

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).contains("GET");
  }

  @Test
  void the_answer_is_json_that_repeats_nothing_of_the_request() {
    var answer =
        HUBS.on(Store.H2)
            .send(
                "GET",
                "/api/admin/events",
                new byte[0],
                "Authorization",
                "Bearer " + TestHub.ADMIN_KEY,
                "X-Mine",
                "mine");

    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(answer.headers().firstValue("X-Request-Id")).isPresent();
    assertThat(answer.headers().firstValue("X-Mine")).isEmpty();
  }

  private static void fail(Exchange exchange) {
    throw new IllegalStateException("Out of Stock: 100%_off");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_event_tells_which_handlers_have_no_part_in_it_and_why(Store store) {
    TestHub hub = HUBS.on(store);
    Source source =
        new Source(hub)
            .handler("note", "order.*", exchange -> {})
            .handler("large", "order.*", "&when=$.large", exchange -> {})
            .handler("seen", "customer.*,visit", exchange -> {});
    UUID small = source.event("evt_small", "order.paid", "done");
    UUID large = source.eventOf("evt_large", "order.paid", "{\"large\":true}");
    source.awaitStatus(large, "done");
    source.handler("late", "order.paid", exchange -> {});

    JsonNode detail = hub.json("/api/admin/events/" + small);
    assertThat(detail.get("handlers")).hasSize(1);
    assertThat(detail.get("leftOut").toString())
        .isEqualTo(
            """
            [{"route":"%1$s-large","because":"when","types":"order.*","when":"$.large"},\
            {"route":"%1$s-late","because":"since","types":"order.paid","when":null},\
            {"route":"%1$s-seen","because":"type","types":"customer.*,visit","when":null}]"""
                .formatted(source.name()));
    assertThat(hub.json("/api/admin/events/" + large).get("leftOut").toString())
        .doesNotContain("-large")
        .contains("-late");
  }
}
