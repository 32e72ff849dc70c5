package hub.cli;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.matching;
import static com.github.tomakehurst.wiremock.client.WireMock.matchingJsonPath;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.BasicCredentials;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.matching.RequestPatternBuilder;
import hub.cli.Shell.Result;
import hub.provider.files.Bucket;
import hub.testing.Page;
import hub.testing.Store;
import hub.testing.Stripe;
import hub.testing.TestHub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.Endpoint;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.seda.SedaComponent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The recipes of the cookbook do what their pages say, with the files as they stand there, all in
 * one clone of the repository. A new page needs its secrets in {@link #SECRETS}, the address of its
 * API in {@link #start()}, and a test.
 */
@Tag("long") // a hub, lint and tests of all routes
class CookbookTest {
  private static final Path COOKBOOK = Path.of("src/docs/cookbook");
  private static final int LONGEST_FILE = 60;
  private static final int LONGEST_LINE = 120;
  private static final String SOURCES = "hub.sources";

  /** Has a test of its own, because its component's jar is not there. */
  private static final Path KAFKA = COOKBOOK.resolve("kafka-to-inbox.md");

  /** Answers as every provider that the recipes call. */
  private static final WireMockServer API =
      new WireMockServer(WireMockConfiguration.options().dynamicPort());

  private static final Map<String, String> SECRETS =
      Map.of(
          "GITLAB_WEBHOOK_SECRET", "the-secret-of-gitlab",
          "GITHUB_WEBHOOK_SECRET", "the-secret-of-github",
          "TYPEFORM_WEBHOOK_SECRET", "the-secret-of-typeform",
          "STANDARD_WEBHOOK_SECRET", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz",
          "STRIPE_WEBHOOK_SECRET", Stripe.SECRET,
          "RESEND_API_KEY", "re_the_key_of_resend",
          "POSTHOG_API_KEY", "phc_the_key_of_posthog",
          "TWILIO_LOGIN", "AC1:the-token-of-twilio",
          "LINEAR_API_KEY", "lin_api_the_key_of_linear");

  private static final Map<String, String> SETTINGS = new LinkedHashMap<>();
  private static TestHub hub;
  private static Bucket bucket;

  private static List<Path> pages() throws IOException {
    try (Stream<Path> pages = Files.list(COOKBOOK)) {
      return pages.filter(page -> !page.endsWith("README.md")).sorted().toList();
    }
  }

  private static List<Path> together() throws IOException {
    return pages().stream().filter(page -> !page.equals(KAFKA)).toList();
  }

  @BeforeAll
  static void start() throws IOException {
    API.start();
    Map<String, String> files = new LinkedHashMap<>();
    List<String> sources = new ArrayList<>();
    for (Path path : together()) {
      Page page = Page.of(path);
      page.routes().forEach((name, text) -> assertThat(files.put(name, text)).as(name).isNull());
      SETTINGS.putAll(page.settings());
      sources.add(page.settings().getOrDefault(SOURCES, ""));
    }
    SETTINGS.putAll(SECRETS);
    SETTINGS.put(SOURCES, String.join(",", sources.stream().filter(s -> !s.isEmpty()).toList()));
    SETTINGS.put("SLACK_WEBHOOK_URL", API.baseUrl() + "/services/T0/B0/secret");
    SETTINGS.put("EMAIL_TRANSPORT", "resend");
    SETTINGS.put("EMAIL_FROM", "shop@example.com");
    for (String base : List.of("RESEND", "TWILIO", "LINEAR")) {
      SETTINGS.put(base + "_API_BASE", API.baseUrl());
    }
    SETTINGS.put("POSTHOG_HOST", API.baseUrl());
    for (String service : List.of("CRM", "LEDGER", "WAREHOUSE")) {
      SETTINGS.put(
          service + "_HOOK_URL", API.baseUrl() + "/hooks/" + service.toLowerCase(Locale.ROOT));
      SETTINGS.put(service + "_HOOK_SECRET", SECRETS.get("STANDARD_WEBHOOK_SECRET"));
    }
    SETTINGS.put("EXPORT_HOUR", "00");
    bucket = Bucket.start();
    SETTINGS.put("S3_BUCKET", Bucket.NAME);
    SETTINGS.put("S3_ENDPOINT", "http://127.0.0.1:" + bucket.port());
    SETTINGS.put("AWS_REGION", "us-east-1");
    SETTINGS.put("AWS_ACCESS_KEY_ID", Bucket.KEY_ID);
    SETTINGS.put("AWS_SECRET_ACCESS_KEY", Bucket.SECRET);
    API.stubFor(any(anyUrl()).willReturn(okJson("{\"id\":\"1\"}")));
    API.stubFor(
        post(urlEqualTo("/graphql"))
            .willReturn(okJson("{\"data\":{\"issueCreate\":{\"success\":true}}}")));
    API.stubFor(
        post(urlEqualTo("/services/T0/B0/secret"))
            .willReturn(aResponse().withHeader("Content-Type", "text/html").withBody("ok")));
    TestHub.Builder builder = TestHub.on(Store.H2).knowingItsAddress().repositoryWith(files);
    SETTINGS.forEach(builder::with);
    hub = builder.start();
  }

  @AfterAll
  static void stop() {
    if (hub != null) {
      hub.close();
    }
    if (bucket != null) {
      bucket.close();
    }
    API.stop();
  }

  private static Shell shell() {
    Shell shell = Shell.of(hub);
    SETTINGS.forEach(shell::with);
    return shell;
  }

  private static void send(String... args) {
    Result sent =
        shell().run(Stream.concat(Stream.of("send"), Stream.of(args)).toArray(String[]::new));
    assertThat(sent.code()).as(sent.out() + sent.err()).isZero();
  }

  private static String body(String name, String text) throws IOException {
    return Files.writeString(hub.folder().resolve(name), text).toString();
  }

  /** The request came, and once all events are handled, only once. */
  private static void cameOnce(RequestPatternBuilder request) {
    settled();
    API.verify(1, request);
  }

  private static void settled() {
    await()
        .untilAsserted(
            () ->
                assertThat(
                        hub.query(
                            "SELECT count(*) FROM inbox_delivery WHERE status NOT IN ('done', 'ignored')"))
                    .hasValue("0"));
  }

  @Test
  void each_page_is_in_the_index_and_its_files_are_short() throws IOException {
    String index = Files.readString(COOKBOOK.resolve("README.md"));
    for (Path page : pages()) {
      assertThat(index).contains("](" + page.getFileName() + ")");
      assertThat(Files.readAllLines(page))
          .as(page.toString())
          .allMatch(l -> l.length() <= LONGEST_LINE);
      assertThat(Page.of(page).files()).as(page.toString()).isNotEmpty();
      Page.of(page)
          .files()
          .forEach(
              (name, text) -> assertThat(text.lines().count()).as(name).isLessThan(LONGEST_FILE));
    }
  }

  @Test
  void lint_finds_no_fault_in_them() {
    Result lint = shell().run("lint");
    assertThat(lint.code()).as(lint.out() + lint.err()).isZero();
  }

  @Test
  void the_tests_that_they_show_pass() throws IOException {
    List<String> tests = new ArrayList<>(List.of("test"));
    for (Path page : together()) {
      Page.of(page).routes().keySet().stream()
          .filter(name -> name.endsWith(".test.yaml"))
          .forEach(tests::add);
    }
    Result test = shell().run(tests.toArray(String[]::new));
    assertThat(test.code()).as(test.out() + test.err()).isZero();
  }

  @Test
  void a_push_to_gitlab_becomes_a_message_in_slack() {
    send("gitlab", "push", "--set", "user_username=mara, the first");

    cameOnce(
        postRequestedFor(urlEqualTo("/services/T0/B0/secret"))
            .withRequestBody(equalToJson("{\"text\":\"mara, the first pushed to orchard/pear\"}")));
  }

  @Test
  void a_checkout_at_stripe_sends_one_email_and_counts_once() {
    String checkout =
        """
        {"id":"evt_checkout","object":"event","type":"checkout.session.completed","livemode":false,\
        "created":1764500000,"data":{"object":{"id":"cs_7","object":"checkout.session",\
        "payment_status":"paid","amount_total":1999,"currency":"usd",\
        "customer_details":{"email":"ada@example.com"}}}}""";
    assertThat(hub.stripe("stripe", checkout).body()).contains("accepted");
    assertThat(hub.stripe("stripe", checkout).body()).contains("duplicate");

    await()
        .untilAsserted(
            () -> {
              API.verify(1, postRequestedFor(urlEqualTo("/emails")));
              API.verify(1, postRequestedFor(urlEqualTo("/batch/")));
            });
    assertThat(hub.query("SELECT count(*) FROM inbox_event WHERE source = 'email'")).hasValue("1");
    assertThat(hub.query("SELECT count(*) FROM inbox_event WHERE source = 'analytics'"))
        .hasValue("1");
  }

  @Test
  void an_answer_of_a_typeform_becomes_one_row() {
    send("typeform", "form_response", "--set", "form_response.token=once");
    send("typeform", "form_response", "--set", "form_response.token=once");

    settled();
    assertThat(hub.query("SELECT count(*) FROM form_answer WHERE token = 'once'")).hasValue("1");
    assertThat(hub.query("SELECT email FROM form_answer WHERE token = 'once'"))
        .hasValue("jonas@example.com");
  }

  @Test
  void a_shipped_order_is_told_by_one_sms() throws IOException {
    String order =
        body(
            "order.json",
            "{\"type\":\"order.shipped\",\"data\":{\"order\":\"7 & 8\",\"phone\":\"+15005550009\"}}");
    send("standard", "--file", order, "--id", "msg_shipped");
    send("standard", "--file", order, "--id", "msg_shipped");

    settled();
    API.verify(
        1,
        postRequestedFor(
                urlEqualTo("/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages.json"))
            .withBasicAuth(new BasicCredentials("AC1", "the-token-of-twilio"))
            .withFormParam("To", equalTo("+15005550009"))
            .withFormParam("From", equalTo("+15005550006"))
            .withFormParam("Body", equalTo("Your order 7 & 8 is on its way.")));
  }

  @Test
  void an_issue_opened_at_github_is_created_in_linear() throws IOException {
    String opened =
        body(
            "opened.json",
            "{\"action\":\"opened\",\"issue\":{\"title\":\"Say \\\"no\\\", twice\",\"html_url\":\"https://h/7\"}}");
    send("github", "--type", "issues", "--file", opened);
    send("github", "--type", "issues", "--file", body("closed.json", "{\"action\":\"closed\"}"));

    cameOnce(
        postRequestedFor(urlEqualTo("/graphql"))
            .withHeader("Authorization", equalTo("lin_api_the_key_of_linear"))
            .withRequestBody(
                matchingJsonPath("$.variables.input.title", equalTo("Say \"no\", twice")))
            .withRequestBody(
                matchingJsonPath("$.variables.input.description", equalTo("https://h/7")))
            .withRequestBody(matchingJsonPath("$.variables.input.teamId")));
  }

  @Test
  void an_order_is_forwarded_to_those_who_want_it() throws IOException {
    send("standard", "--file", body("o7.json", order(7, 20)), "--id", "msg_small");
    send("standard", "--file", body("o8.json", order(8, 100)), "--id", "msg_large");

    settled();
    API.verify(
        1,
        postRequestedFor(urlEqualTo("/hooks/crm"))
            .withRequestBody(equalToJson(order(7, 20)))
            .withHeader("webhook-signature", matching("v1,.+")));
    API.verify(2, postRequestedFor(urlEqualTo("/hooks/crm")));
    API.verify(1, postRequestedFor(urlEqualTo("/hooks/ledger")));
    API.verify(
        1,
        postRequestedFor(urlEqualTo("/hooks/warehouse"))
            .withRequestBody(equalToJson("{\"order\":8}")));
  }

  private static String order(int number, int total) {
    return "{\"type\":\"order.paid\",\"data\":{\"order\":%d,\"total\":%d}}"
        .formatted(number, total);
  }

  @Test
  void a_night_writes_one_file_to_the_bucket() {
    hub.update(
        "INSERT INTO form_answer VALUES ('t-1', 'f1', 'jonas@example.com', CURRENT_TIMESTAMP)");
    hub.append("export", "2026-11-29", "nightly", null, "{}");

    settled();
    String lines =
        bucket
            .client()
            .getObjectAsBytes(get -> get.bucket(Bucket.NAME).key("exports/2026-11-29.jsonl"))
            .asUtf8String();
    assertThat(lines.lines())
        .contains("{\"token\":\"t-1\",\"form\":\"f1\",\"email\":\"jonas@example.com\"}");
    assertThat(lines).endsWith("}\n");
    String today = LocalDate.now(ZoneOffset.UTC).toString();
    await()
        .untilAsserted(
            () ->
                assertThat(
                        hub.query(
                            "SELECT count(*) FROM inbox_event WHERE source = 'export' AND provider_event_id = ?",
                            today))
                    .hasValue("1"));
  }

  @Test
  void a_record_of_kafka_becomes_one_event() {
    String id = "orders-take-from-kafka";
    TestHub.Builder builder = TestHub.on(Store.H2).bind("kafka", new QueueForKafka());
    Page.of(KAFKA).routes().values().forEach(route -> builder.route(id, route));
    try (TestHub own = builder.with("KAFKA_BROKERS", "localhost:9092").start();
        ProducerTemplate producer = own.context().createProducerTemplate()) {
      Map<String, Object> place =
          Map.of(
              "kafka.TOPIC",
              "orders",
              "kafka.PARTITION",
              3,
              "kafka.OFFSET",
              17L,
              "kafka.KEY",
              "c1");
      producer.sendBodyAndHeaders("kafka:orders", "{\"order\":7}", place);
      producer.sendBodyAndHeaders("kafka:orders", "{\"order\":7}", place);
      producer.sendBodyAndHeaders("kafka:orders", "{}", Map.of("kafka.OFFSET", 18L));

      await()
          .untilAsserted(
              () -> assertThat(own.query("SELECT count(*) FROM inbox_event")).hasValue("2"));
      assertThat(
              own.query(
                  "SELECT source || ' ' || type || ' ' || ordering_key FROM inbox_event"
                      + " WHERE provider_event_id = 'orders/3/17'"))
          .hasValue("orders order c1");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A queue within the JVM, whatever Kafka's options are. */
  private static final class QueueForKafka extends SedaComponent {
    @Override
    protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
        throws Exception {
      parameters.clear();
      return super.createEndpoint(uri, remaining, parameters);
    }
  }

  @Test
  void lint_tells_of_the_jar_that_the_recipe_for_kafka_needs(@TempDir Path empty)
      throws IOException {
    Page.of(KAFKA)
        .routes()
        .forEach(
            (name, text) -> {
              try {
                Files.createDirectories(empty.resolve(name).getParent());
                Files.writeString(empty.resolve(name), text);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    Result lint = new Shell(empty).with("KAFKA_BROKERS", "localhost:9092").run("lint");
    assertThat(lint.out() + lint.err()).contains("camel-kafka");
  }
}
