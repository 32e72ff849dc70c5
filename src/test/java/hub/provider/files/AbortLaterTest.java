package hub.provider.files;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.delete;
import static com.github.tomakehurst.wiremock.client.WireMock.deleteRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.put;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import hub.testing.Store;
import hub.testing.TestHub;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Parts that cannot be removed when their upload fails are removed later. */
@Tag("postgres")
@Tag("waits")
class AbortLaterTest {
  private static final WireMockServer S3 =
      new WireMockServer(WireMockConfiguration.options().dynamicPort());

  @BeforeAll
  static void start() {
    S3.start();
  }

  @AfterAll
  static void stop() {
    S3.stop();
  }

  @BeforeEach
  void forget() {
    S3.resetAll();
  }

  private static TestHub.Builder builder(Store store) {
    return Bucket.configure(TestHub.on(store), S3.port())
        .with("hub.call.retries", "2")
        .with("hub.breaker.attempts", "4")
        .with("hub.breaker.open-seconds", "600")
        .with("hub.inbox.poll-seconds", "1");
  }

  /** One part is stored, then the store is unreachable: completing the upload opens the breaker. */
  private static void fails(TestHub hub) {
    S3.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(503)));
    S3.stubFor(
        post(urlEqualTo("/files/a?uploads"))
            .willReturn(
                ok(
                    "<InitiateMultipartUploadResult><UploadId>up</UploadId>"
                        + "</InitiateMultipartUploadResult>")));
    S3.stubFor(put(urlPathEqualTo("/files/a")).willReturn(ok().withHeader("ETag", "\"one\"")));
    var answer =
        hub.send(
            "PUT",
            "/api/files/a",
            new byte[Upload.PART_BYTES],
            "Authorization",
            "Bearer " + TestHub.API_KEY);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
  }

  private static JsonNode attempts(TestHub hub) {
    Optional<String> id = hub.query("SELECT id FROM inbox_event WHERE source = 'storage'");
    return hub.json("/api/admin/events/" + id.orElseThrow()).at("/handlers/0/attempts");
  }

  private static void aborts(int times) {
    S3.verify(
        times,
        deleteRequestedFor(urlPathEqualTo("/files/a")).withQueryParam("uploadId", equalTo("up")));
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void parts_are_removed_when_the_store_is_back_even_by_the_next_process(Store store) {
    TestHub first = builder(store).start();
    TestHub.Builder next = builder(store).beside(first);
    if (store == Store.H2) {
      next.with("hub.data-dir", first.folder().resolve("data").toString());
    }
    fails(first);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                first
                    .query("SELECT attempt_log FROM inbox_delivery WHERE route LIKE 'storage-%'")
                    .orElse("")
                    .contains("\"postponed\""));
    assertThat(first.query("SELECT status FROM inbox_delivery")).contains("retrying");
    aborts(0);
    first.close();

    S3.resetAll();
    S3.stubFor(delete(anyUrl()).willReturn(aResponse().withStatus(204)));
    try (TestHub second = next.start()) {
      second.update("UPDATE inbox_delivery SET due_at = CURRENT_TIMESTAMP");
      await().until(() -> second.query("SELECT status FROM inbox_delivery").equals(done()));

      aborts(1);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void an_upload_that_is_over_already_is_done(Store store) {
    try (TestHub hub = builder(store).with("hub.breaker.attempts", "1000").start()) {
      S3.stubFor(
          delete(anyUrl())
              .atPriority(1)
              .willReturn(
                  aResponse()
                      .withStatus(404)
                      .withBody("<Error><Code>NoSuchUpload</Code><Message>no</Message></Error>")));
      fails(hub);
      await().until(() -> hub.query("SELECT status FROM inbox_delivery").equals(done()));

      aborts(1);
      assertThat(attempts(hub)).hasSize(1);
    }
  }

  private static Optional<String> done() {
    return Optional.of("done");
  }
}
