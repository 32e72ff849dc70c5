package hub.monitoring;

import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import hub.testing.Store;
import hub.testing.Stripe;
import hub.testing.TestHub;
import hub.util.Json;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The metrics that Prometheus scrapes from a busy hub. Slow: it sends ten thousand requests. */
@Tag("long") // thousands of requests
@Tag("slow")
class ScrapeTest {
  /** The labels that Prometheus adds to every sample. */
  private static final Set<String> OF_PROMETHEUS = Set.of("job", "instance");

  private static final Pattern SAMPLE =
      Pattern.compile("(?m)^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)$");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_]\\w*)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  private static WireMockServer github;
  private static TestHub hub;

  @BeforeAll
  static void work() {
    github = new WireMockServer(WireMockConfiguration.options().dynamicPort());
    github.start();
    github.stubFor(get(urlPathMatching("/repos/.*")).willReturn(okJson("{\"full_name\":\"a/b\"}")));
    hub =
        TestHub.on(Store.H2)
            .with("STRIPE_WEBHOOK_SECRET", Stripe.SECRET)
            .with("GITHUB_API_BASE", github.baseUrl())
            .start();
    String body = "{\"id\":\"evt_1\",\"type\":\"x\",\"data\":{\"object\":{\"id\":\"o\"}}}";
    String signature = Stripe.sign(body);
    assertThat(hub.post("/api/webhooks/stripe", body, "Stripe-Signature", signature).statusCode())
        .isEqualTo(200);
    hub.post("/api/webhooks/stripe", body, "Stripe-Signature", signature);
    hub.post("/api/webhooks/stripe", body);
    hub.append("email", "1", "email.send", "", "{}");
    assertThat(hub.get("/api/github/repositories/a/b").statusCode()).isEqualTo(200);
    await()
        .until(
            () ->
                scrape()
                    .matches("(?s).*hub_inbox_handle_seconds_count\\{route=\"email-[^}]*} 1.*"));
  }

  @AfterAll
  static void close() {
    hub.close();
    github.stop();
  }

  private static String scrape() {
    return hub.manage("/observe/metrics").body();
  }

  /** Label names by metric. */
  private static Map<String, Set<String>> metrics(String scrape) {
    Map<String, Set<String>> found = new HashMap<>();
    Matcher sample = SAMPLE.matcher(scrape);
    while (sample.find()) {
      Set<String> labels = found.computeIfAbsent(sample.group(1), name -> new TreeSet<>());
      Matcher label = LABEL.matcher(sample.group(2) == null ? "" : sample.group(2));
      while (label.find()) {
        labels.add(label.group(1));
      }
    }
    return found;
  }

  @Test
  void every_name_of_the_contract_is_there_with_its_labels() {
    Map<String, Set<String>> there = metrics(scrape());

    assertThat(there.get("hub_webhook_requests_total")).containsOnly("source", "outcome");
    assertThat(there.get("hub_inbox_events_total")).containsOnly("source", "state");
    assertThat(there.get("hub_inbox_backlog")).isEmpty();
    assertThat(there.get("hub_inbox_oldest_waiting_seconds")).isEmpty();
    assertThat(there.get("hub_inbox_handle_seconds_count")).containsOnly("route");
    assertThat(there.get("hub_inbox_handle_seconds_sum")).containsOnly("route");
    assertThat(there.get("hub_call_seconds_count"))
        .containsOnly("provider", "operation", "outcome");
    assertThat(there.get("hub_call_seconds_sum")).containsOnly("provider", "operation", "outcome");
    assertThat(there.get("hub_breaker_state")).containsOnly("provider");
    assertThat(there.get("hub_webhook_secret_last_used_seconds")).containsOnly("source", "secret");
    assertThat(scrape())
        .contains(
            "hub_webhook_requests_total{outcome=\"accepted\",source=\"stripe\"} 1.0",
            "hub_webhook_requests_total{outcome=\"duplicate\",source=\"stripe\"} 1.0",
            "hub_webhook_requests_total{outcome=\"signature-missing\",source=\"stripe\"} 1.0",
            "hub_inbox_events_total{source=\"email\",state=\"received\"} 1.0",
            "hub_call_seconds_count{operation=\"show-repository\",outcome=\"ok\",provider=\"github\"} 1",
            "hub_breaker_state{provider=\"github\"} 0.0");
  }

  @Test
  void what_may_happen_is_there_before_it_has() {
    assertThat(scrape())
        .contains(
            "hub_webhook_requests_total{outcome=\"accepted\",source=\"github\"} 0.0",
            "hub_inbox_events_total{source=\"stripe\",state=\"dead\"} 0.0",
            "hub_inbox_handle_seconds_count{route=\"stripe-subscription-deleted\"} 0",
            "hub_call_seconds_count{operation=\"create-payment-intent\",outcome=\"ok\",provider=\"stripe\"} 0",
            "hub_inbox_dead 0.0");
  }

  @Test
  void a_secret_shows_by_a_hash_and_the_time_of_its_last_use() {
    Matcher used =
        Pattern.compile(
                "hub_webhook_secret_last_used_seconds\\{secret=\"(.*?)\",source=\"stripe\"} (\\S+)")
            .matcher(scrape());

    assertThat(used.find()).isTrue();
    assertThat(used.group(1)).matches("[0-9a-f]{6,16}");
    assertThat(Double.parseDouble(used.group(2)))
        .isBetween(Instant.now().getEpochSecond() - 120.0, Instant.now().getEpochSecond() + 1.0);
    assertThat(scrape()).doesNotContain(Stripe.SECRET);
  }

  @Test
  void ten_thousand_unknown_sources_add_no_series() {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    call(client, 0, 10);
    Set<String> before = series();

    for (int first = 0; first < 10_000; first += 100) {
      call(client, first, first + 100);
    }

    assertThat(series()).containsExactlyInAnyOrderElementsOf(before);
    assertThat(scrape())
        .contains(
            "hub_webhook_requests_total{outcome=\"source-unknown\",source=\"unknown\"} 10010.0");
  }

  /** Of routes that a timer starts: each shows in one more series when it has run once. */
  private static final Pattern OF_TIMERS =
      Pattern.compile(
          "routeId=\"(write-figures|look-at-health|idempotency-expire|login-expire|inbox-retention)\"");

  /**
   * Every metric with its labels, except those of the JVM, which appear with garbage collections,
   * and those of routes that a timer starts.
   */
  private static Set<String> series() {
    return SAMPLE
        .matcher(scrape())
        .results()
        .map(sample -> sample.group(1) + "{" + sample.group(2) + "}")
        .filter(series -> !series.startsWith("jvm_") && !OF_TIMERS.matcher(series).find())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void call(HttpClient client, int first, int end) {
    List<CompletableFuture<HttpResponse<String>>> answers =
        IntStream.range(first, end)
            .mapToObj(
                i ->
                    HttpRequest.newBuilder(hub.url("/api/webhooks/nobody-" + i))
                        .POST(HttpRequest.BodyPublishers.ofString("{}"))
                        .build())
            .map(request -> client.sendAsync(request, HttpResponse.BodyHandlers.ofString()))
            .toList();
    answers.forEach(answer -> assertThat(answer.join().statusCode()).isEqualTo(404));
  }

  @Test
  void every_expression_of_the_dashboard_and_the_rules_asks_for_what_is_there() throws Exception {
    Map<String, Set<String>> there = metrics(scrape());
    List<String> expressions = new ArrayList<>(ofDashboard());
    expressions.addAll(ofRules());
    assertThat(expressions).hasSizeGreaterThan(20);

    for (String expression : expressions) {
      PromQl names = PromQl.of(expression);
      assertThat(names.metrics()).as(expression).isNotEmpty();
      Set<String> labels = new TreeSet<>(OF_PROMETHEUS);
      names
          .metrics()
          .forEach(
              (metric, selectors) -> {
                assertThat(there).as(expression).containsKey(metric);
                assertThat(there.get(metric)).as(expression).containsAll(selectors);
                labels.addAll(there.get(metric));
              });
      assertThat(labels).as(expression).containsAll(names.grouping());
    }
  }

  private static List<String> ofDashboard() throws Exception {
    JsonNode dashboard = Json.own(read("grafana-dashboard.json"));
    List<String> found = new ArrayList<>(dashboard.findValuesAsText("expr"));
    for (JsonNode variable : dashboard.at("/templating/list")) {
      String query = variable.at("/query/query").asText();
      Matcher values = Pattern.compile("label_values\\((\\w+), (\\w+)\\)").matcher(query);
      if (values.matches()) {
        found.add("max by (" + values.group(2) + ") (" + values.group(1) + ")");
      }
    }
    return found;
  }

  private static List<String> ofRules() throws Exception {
    return new YAMLMapper().readTree(read("prometheus-alerts.yaml")).findValuesAsText("expr");
  }

  private static String read(String file) throws Exception {
    return Files.readString(Path.of("src/main/resources/observe", file), StandardCharsets.UTF_8);
  }

  @Test
  void a_question_to_the_operators_api_that_makes_no_sense_is_refused() {
    assertThat(hub.get("/api/admin/figures?range=week").body())
        .contains("payload-invalid", "neither hour nor day");
    assertThat(hub.get("/api/admin/figures?rang=day").body())
        .contains("payload-invalid", "rang: unknown parameter");
    assertThat(hub.operate("/api/admin/alerts/nobody/silence", "{\"minutes\":1}").body())
        .contains("alert-unknown");
    for (String body :
        new String[] {
          "",
          "[]",
          "{}",
          "{\"minutes\":-1}",
          "{\"minutes\":1.5}",
          "{\"minutes\":\"1\"}",
          "{\"minutes\":10081}",
          "{\"minutes\":1,\"x\":2}"
        }) {
      var answer = hub.operate("/api/admin/alerts/nobody/silence", body);
      assertThat(answer.statusCode()).as(body).isEqualTo(400);
      assertThat(answer.body()).contains("payload-invalid");
    }
  }

  @Test
  void the_reader_of_expressions_finds_what_it_is_there_for() {
    PromQl names =
        PromQl.of(
            "histogram_quantile(0.95, sum by (le, route) (rate(a_bucket{x=~\"b c{d}\", y!=\"$z\"}[$__rate_interval])))"
                + " / on (route) c_total offset 1d and sum(d) without (instance) > 0.5");

    assertThat(names.metrics())
        .containsOnlyKeys("a_bucket", "c_total", "d")
        .containsEntry("a_bucket", Set.of("x", "y"));
    assertThat(names.grouping()).containsExactlyInAnyOrder("le", "route", "instance");
  }
}
