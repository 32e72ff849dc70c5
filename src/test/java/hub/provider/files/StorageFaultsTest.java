package hub.provider.files;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.binaryEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.delete;
import static com.github.tomakehurst.wiremock.client.WireMock.deleteRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.put;
import static com.github.tomakehurst.wiremock.client.WireMock.putRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.MappingBuilder;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.http.Fault;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What callers get, and what the store is sent, when the store misbehaves. Slow: it waits for
 * timeouts.
 */
@Tag("long") // calls run into their limits of time
@Tag("slow")
@Tag("waits")
class StorageFaultsTest {
  private static final WireMockServer S3 =
      new WireMockServer(WireMockConfiguration.options().dynamicPort());

  private static TestHub hub;

  @BeforeAll
  static void start() {
    S3.start();
    hub =
        Bucket.configure(TestHub.on(Store.H2), S3.port())
            .with("hub.call.attempt-seconds", "2")
            .with("hub.call.answer-max-bytes", "100000")
            .with("hub.call.total-seconds", "6")
            .with("hub.call.retries", "2")
            .with("hub.breaker.attempts", "1000")
            .start();
    // The first call loads the client, which must not take from the few seconds of a test.
    S3.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(404)));
    send("GET", "first", new byte[0]);
  }

  @AfterAll
  static void stop() {
    hub.close();
    S3.stop();
  }

  @BeforeEach
  void forget() {
    S3.resetAll();
  }

  private static HttpResponse<String> send(String method, String path, byte[] body) {
    return hub.send(
        method, "/api/files/" + path, body, "Authorization", "Bearer " + TestHub.API_KEY);
  }

  private static void assertProblem(
      HttpResponse<String> answer, int status, String reason, String code, String detail) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    JsonNode problem = Json.own(answer.body());
    assertThat(problem.get("type").asText()).isEqualTo("urn:hub:problem:" + reason);
    assertThat(problem.path("code").asText()).isEqualTo(code);
    assertThat(problem.get("detail").asText())
        .contains(detail)
        .doesNotContain(Bucket.SECRET)
        .doesNotContain(Bucket.KEY_ID);
  }

  private static String error(String code) {
    return "<?xml version=\"1.0\"?><Error><Code>"
        + code
        + "</Code><Message>The store says so.</Message></Error>";
  }

  @Test
  void a_store_that_hangs_up_is_asked_three_times_and_then_unavailable() {
    S3.stubFor(any(anyUrl()).willReturn(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER)));

    assertProblem(
        send("GET", "a", new byte[0]), 503, "provider-unavailable", "", "the connection broke");
  }

  @Test
  void a_silent_store_times_out_and_holds_nobody() {
    S3.stubFor(any(anyUrl()).willReturn(ok().withFixedDelay(5_000)));
    long begun = System.nanoTime();

    assertProblem(send("PUT", "a", new byte[9]), 504, "provider-timeout", "", "took too long");
    assertThat(System.nanoTime() - begun).isLessThan(11_000_000_000L);
  }

  @Test
  void slow_down_is_passed_on_as_unavailable_with_its_word() {
    S3.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(503).withBody(error("SlowDown"))));

    assertProblem(
        send("DELETE", "a", new byte[0]), 503, "provider-unavailable", "SlowDown", "says so");
  }

  @Test
  void a_file_that_failed_once_is_sent_again_whole() {
    byte[] bytes = "hello".getBytes(StandardCharsets.UTF_8);
    onceBroken(() -> put(urlPathEqualTo("/files/a")).withRequestBody(binaryEqualTo(bytes)));

    HttpResponse<String> answer = send("PUT", "a", bytes);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    assertThat(Json.own(answer.body()).get("etag").asText()).isEqualTo("\"x\"");
  }

  @Test
  void only_the_part_that_failed_is_sent_again() {
    byte[] bytes = new byte[Upload.PART_BYTES + 3];
    Arrays.fill(bytes, (byte) 7);
    begun();
    S3.stubFor(part("1").willReturn(ok().withHeader("ETag", "\"one\"")));
    onceBroken(() -> part("2"));
    S3.stubFor(
        post(urlPathEqualTo("/files/a"))
            .withQueryParam("uploadId", equalTo("up"))
            .willReturn(
                ok(
                    "<CompleteMultipartUploadResult><ETag>\"all-2\"</ETag>"
                        + "</CompleteMultipartUploadResult>")));

    HttpResponse<String> answer = send("PUT", "a", bytes);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    assertThat(Json.own(answer.body()).get("etag").asText()).isEqualTo("\"all-2\"");
    S3.verify(
        1, putRequestedFor(urlPathEqualTo("/files/a")).withQueryParam("partNumber", equalTo("1")));
    S3.verify(
        2,
        putRequestedFor(urlPathEqualTo("/files/a"))
            .withQueryParam("partNumber", equalTo("2"))
            .withRequestBody(binaryEqualTo(new byte[] {7, 7, 7})));
    S3.verify(
        1,
        postRequestedFor(urlPathEqualTo("/files/a"))
            .withQueryParam("uploadId", equalTo("up"))
            .withRequestBody(containing("&quot;x&quot;").or(containing("\"x\""))));
    S3.verify(0, deleteRequestedFor(anyUrl()));
  }

  @Test
  void an_upload_whose_part_is_refused_is_removed() {
    begun();
    S3.stubFor(part("1").willReturn(aResponse().withStatus(403).withBody(error("AccessDenied"))));
    S3.stubFor(delete(anyUrl()).willReturn(aResponse().withStatus(204)));

    assertProblem(
        send("PUT", "a", new byte[Upload.PART_BYTES]),
        400,
        "provider-rejected",
        "AccessDenied",
        "AWS_ACCESS_KEY_ID may not do this");
    await()
        .untilAsserted(
            () ->
                S3.verify(
                    1,
                    deleteRequestedFor(urlPathEqualTo("/files/a"))
                        .withQueryParam("uploadId", equalTo("up"))));
  }

  private static void begun() {
    S3.stubFor(
        post(urlEqualTo("/files/a?uploads"))
            .willReturn(
                ok(
                    "<InitiateMultipartUploadResult><UploadId>up</UploadId>"
                        + "</InitiateMultipartUploadResult>")));
  }

  private static MappingBuilder part(String number) {
    return put(urlPathEqualTo("/files/a")).withQueryParam("partNumber", equalTo(number));
  }

  /** 500 at first, then stored. */
  private static void onceBroken(Supplier<MappingBuilder> request) {
    S3.stubFor(
        request
            .get()
            .inScenario("once")
            .whenScenarioStateIs("Started")
            .willReturn(aResponse().withStatus(500).withBody(error("InternalError")))
            .willSetStateTo("well"));
    S3.stubFor(
        request
            .get()
            .inScenario("once")
            .whenScenarioStateIs("well")
            .willReturn(ok().withHeader("ETag", "\"x\"")));
  }

  @Test
  void a_page_of_html_is_no_answer_of_a_store() {
    S3.stubFor(any(anyUrl()).willReturn(ok("<html><body>Welcome!<br></body></html>")));

    assertProblem(
        send("PUT", "a", new byte[9]), 503, "provider-unavailable", "", "not one of S3's");
    assertProblem(
        send("PUT", "a", new byte[Upload.PART_BYTES]), 503, "provider-unavailable", "", "S3's");
  }

  @Test
  void a_flood_of_an_answer_is_broken_off() {
    String flood = "<a>" + "0123456789".repeat(1_000_000) + "</a>";
    S3.stubFor(post(anyUrl()).willReturn(ok(flood)));
    S3.stubFor(get(anyUrl()).willReturn(aResponse().withStatus(404).withBody(flood)));

    assertProblem(
        send("PUT", "a", new byte[Upload.PART_BYTES]), 503, "provider-unavailable", "", "larger");
    assertProblem(send("GET", "a", new byte[0]), 404, "provider-rejected", "", "no file");
  }

  @Test
  void a_redirect_is_not_followed_and_named() {
    S3.stubFor(
        any(urlPathEqualTo("/files/a"))
            .willReturn(
                aResponse()
                    .withStatus(301)
                    .withHeader("Location", "http://localhost:" + S3.port() + "/elsewhere")
                    .withBody(error("PermanentRedirect"))));

    assertProblem(
        send("GET", "a", new byte[0]),
        400,
        "provider-rejected",
        "PermanentRedirect",
        "check AWS_REGION");
    S3.verify(1, anyRequestedFor(anyUrl()));
  }

  @Test
  void a_conflict_with_somebody_elses_change_is_tried_again() {
    S3.stubFor(
        delete(anyUrl())
            .inScenario("lock")
            .willReturn(aResponse().withStatus(409).withBody(error("OperationAborted")))
            .willSetStateTo("free"));
    S3.stubFor(
        delete(anyUrl())
            .inScenario("lock")
            .whenScenarioStateIs("free")
            .willReturn(aResponse().withStatus(204)));

    assertThat(send("DELETE", "a", new byte[0]).statusCode()).isEqualTo(204);
  }

  /** The SDK percent-encodes the second of two slashes, so that no proxy joins them. */
  @Test
  void a_key_stands_on_the_wire_as_it_is() {
    S3.stubFor(any(anyUrl()).willReturn(ok().withHeader("ETag", "\"x\"")));

    assertThat(send("PUT", "a//b/", new byte[9]).statusCode()).isEqualTo(201);
    assertThat(send("GET", "a//b/", new byte[0]).statusCode()).isEqualTo(200);
    assertThat(send("DELETE", "a%2F%2Fb%2f", new byte[0]).statusCode()).isEqualTo(204);
    S3.verify(3, anyRequestedFor(urlEqualTo("/files/a/%2Fb/")));
  }
}
