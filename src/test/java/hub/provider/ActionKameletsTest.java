package hub.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What handlers and API routes do by one step: e-mail, analytics, an answer. */
class ActionKameletsTest {
  /** Fails its first attempt after both steps, so that they run twice. */
  private static final String HANDLER =
      """
      - route:
          id: shop-tell
          description: Tells of an order.
          from:
            uri: inbox:shop
            parameters:
              retryDelaysSeconds: "0"
            steps:
              - setVariable:
                  name: order
                  expression:
                    jsonpath:
                      expression: $.order
              - setVariable:
                  name: subject
                  expression:
                    simple:
                      expression: "Order ${variable.order[number]} & 5 % off"
              - to:
                  id: mail
                  uri: kamelet:email-action
                  parameters:
                    to: "${variable.order[mail]}, b@example.com"
                    subject: "${variable.subject}"
                    text: "Hello <${variable.order[name]}>"
                    replyTo: shop@example.com
              - to:
                  id: track
                  uri: kamelet:track-action
                  parameters:
                    userId: "${variable.order[name]}"
                    event: Order placed
                    properties: "${variable.order}"
              - to:
                  id: identify
                  uri: kamelet:identify-action
                  parameters:
                    userId: "${variable.order[name]}"
                    key: person-${variable.order[name]}
              - filter:
                  expression:
                    simple:
                      expression: ${variable.attempt} == 1 && ${variable.order[number]} == 7
                  steps:
                    - throwException:
                        exceptionType: java.lang.IllegalStateException
                        message: again
      """;

  private static final String ANSWER =
      """
      - route:
          id: answer
          description: Answers with what it was sent.
          from:
            uri: platform-http:/api/answer
            parameters:
              httpMethodRestrict: POST
            steps:
              - setHeader:
                  name: X-Internal
                  expression:
                    constant:
                      expression: secret
              - to:
                  uri: kamelet:json-answer-action
                  parameters:
                    status: 201
      - route:
          id: answer-map
          description: Answers with a map.
          from:
            uri: platform-http:/api/answer-map
            parameters:
              httpMethodRestrict: GET
            steps:
              - setBody:
                  expression:
                    method:
                      ref: someMap
                      method: get
              - to:
                  uri: kamelet:json-answer-action
      """;

  private static TestHub hub;

  /** What another handler of the queues saw. */
  private static final List<JsonNode> QUEUED = Collections.synchronizedList(new ArrayList<>());

  /** For the route answer-map. */
  public static final class SomeMap {
    public Map<String, Object> get() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("a", 1);
      map.put("b", null);
      map.put("c", List.of(new HashMap<>(Collections.singletonMap("d", null))));
      return map;
    }
  }

  @BeforeAll
  static void start() {
    hub =
        TestHub.on(Store.H2)
            .with("EMAIL_TRANSPORT", "smtp")
            .with("EMAIL_FROM", "hub@example.com")
            .with("SMTP_URL", "smtp://localhost:1")
            .with("POSTHOG_API_KEY", "phc_0123456789")
            .bind(
                "queued",
                (Processor)
                    exchange -> QUEUED.add(Json.own(exchange.getMessage().getBody(String.class))))
            .bind("someMap", new SomeMap())
            .route("shop-tell", HANDLER)
            .route("answer", ANSWER)
            .route(
                "see-email",
                """
                - route:
                    id: see-email
                    description: Sees what is queued.
                    from:
                      uri: inbox:email
                      steps:
                        - process:
                            ref: queued
                """)
            .route(
                "see-analytics",
                """
                - route:
                    id: see-analytics
                    description: Sees what is queued.
                    from:
                      uri: inbox:analytics
                      steps:
                        - process:
                            ref: queued
                """)
            .start();
  }

  @AfterAll
  static void stop() {
    hub.close();
  }

  @BeforeEach
  void nothingQueued() {
    hub.empty();
    QUEUED.clear();
  }

  private static String state(String id) {
    return hub.json("/api/admin/events/" + id).path("status").asText();
  }

  private static String store(String key, String payload) {
    return hub.append("shop", key, "order.paid", null, payload);
  }

  @Test
  void a_handler_queues_each_once_however_often_it_runs() {
    String id =
        store("o7", "{\"order\":{\"number\":7,\"name\":\"Ada\",\"mail\":\"a@example.com\"}}");
    await().until(() -> state(id).equals("done") && QUEUED.size() == 3);
    JsonNode mail = QUEUED.stream().filter(one -> one.has("subject")).findFirst().orElseThrow();
    assertThat(mail.toString())
        .isEqualTo(
            "{\"to\":[\"a@example.com\",\"b@example.com\"],\"subject\":\"Order 7 & 5 % off\","
                + "\"html\":\"<p>Hello &lt;Ada&gt;</p>\",\"text\":\"Hello <Ada>\",\"replyTo\":\"shop@example.com\"}");
    JsonNode tracked =
        QUEUED.stream()
            .filter(one -> one.path("event").asText().equals("Order placed"))
            .findFirst()
            .orElseThrow();
    assertThat(tracked.at("/properties/number").asInt()).isEqualTo(7);
    assertThat(tracked.path("userId").asText()).isEqualTo("Ada");
    JsonNode person =
        QUEUED.stream()
            .filter(one -> one.path("event").asText().equals("$identify"))
            .findFirst()
            .orElseThrow();
    assertThat(person.at("/properties/order/number").asInt()).isEqualTo(7);

    // Another event is another e-mail; the person's key is the same, and so it is told once.
    String next =
        store("o8", "{\"order\":{\"number\":8,\"name\":\"Ada\",\"mail\":\"a@example.com\"}}");
    await().until(() -> state(next).equals("done") && QUEUED.size() == 5);
    assertThat(keys("email"))
        .hasSize(2)
        .allSatisfy(key -> assertThat(key).endsWith("/shop-tell/mail"));
    assertThat(keys("analytics")).contains("person-Ada").hasSize(3);
  }

  @Test
  void an_address_that_cannot_be_is_told_in_the_attempt() {
    String id = store("o9", "{\"order\":{\"number\":9,\"name\":\"Ada\",\"mail\":\"nobody\"}}");
    await().until(() -> state(id).equals("dead"));
    assertThat(hub.json("/api/admin/events/" + id).path("lastError").asText())
        .contains("to.0 is not a bare address");
    assertThat(QUEUED).isEmpty();
  }

  @Test
  void an_answer_is_json_without_nulls_and_without_the_requests_headers() {
    HttpResponse<String> answer =
        hub.post(
            "/api/answer",
            "{\"a\":{\"b\":null,\"c\":[null,1]},\"d\":\"x\"}",
            "Authorization",
            "Bearer " + TestHub.API_KEY,
            "X-Mine",
            "1");
    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.body()).isEqualTo("{\"a\":{\"c\":[null,1]},\"d\":\"x\"}");
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(answer.headers().map()).doesNotContainKeys("x-mine", "x-internal");
    assertThat(hub.get("/api/answer-map").body()).isEqualTo("{\"a\":1,\"c\":[{}]}");
  }

  private static List<String> keys(String source) {
    return StreamSupport.stream(
            hub.json("/api/admin/events?source=" + source).path("events").spliterator(), false)
        .map(one -> one.path("providerEventId").asText())
        .toList();
  }
}
