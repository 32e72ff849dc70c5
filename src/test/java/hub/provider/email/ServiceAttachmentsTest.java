package hub.provider.email;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import hub.provider.files.Bucket;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.core.sync.RequestBody;

/** Files of the storage that go along with an e-mail by the API of a service. */
class ServiceAttachmentsTest {
  /** A service, where its API takes e-mail, and what it calls the parts of a file. */
  enum Service {
    RESEND("/emails", 40_000_000, "attachments", "filename", "content", "content_type"),
    SENDGRID("/v3/mail/send", 30_000_000, "attachments", "filename", "content", "type"),
    /** The route of the how-to page. */
    POSTMARK("/email", 10_000_000, "Attachments", "Name", "Content", "ContentType");

    final String path;
    final int maxBytes;
    final String files;
    final String name;
    final String content;
    final String type;

    Service(String path, int maxBytes, String files, String name, String content, String type) {
      this.path = path;
      this.maxBytes = maxBytes;
      this.files = files;
      this.name = name;
      this.content = content;
      this.type = type;
    }

    String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  private static final WireMockServer SERVER =
      new WireMockServer(WireMockConfiguration.options().dynamicPort());

  private static Bucket bucket;

  @BeforeAll
  static void start() {
    SERVER.start();
    bucket = Bucket.start();
  }

  @AfterAll
  static void stop() {
    bucket.close();
    SERVER.stop();
  }

  @BeforeEach
  void reset() {
    SERVER.resetAll();
    SERVER.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(200)));
  }

  private static TestHub hub(Service service) throws IOException {
    TestHub.Builder builder =
        EmailHub.builder(Store.H2)
            .with("EMAIL_TRANSPORT", service.text())
            .with("RESEND_API_KEY", "re_0123456789")
            .with("RESEND_API_BASE", SERVER.baseUrl())
            .with("SENDGRID_API_KEY", "SG.0123456789")
            .with("SENDGRID_API_BASE", SERVER.baseUrl())
            .with("POSTMARK_SERVER_TOKEN", "the-token-of-postmark")
            .with("POSTMARK_API_BASE", SERVER.baseUrl())
            .with("S3_BUCKET", Bucket.NAME)
            .with("S3_ENDPOINT", "http://127.0.0.1:" + bucket.port())
            .with("AWS_REGION", "us-east-1")
            .with("AWS_ACCESS_KEY_ID", Bucket.KEY_ID)
            .with("AWS_SECRET_ACCESS_KEY", Bucket.SECRET)
            .with("hub.email.attachments-max-bytes", "41000000");
    return (service == Service.POSTMARK ? EmailServiceTest.withRoute(builder) : builder).start();
  }

  private static byte[] put(String key, String type, int size) {
    byte[] bytes = new byte[size];
    new Random(7).nextBytes(bytes);
    bucket
        .client()
        .putObject(
            request -> request.bucket(Bucket.NAME).key(key).contentType(type),
            RequestBody.fromBytes(bytes));
    return bytes;
  }

  private static String mail(String attachments) {
    return "{\"to\":\"ada@example.com\",\"subject\":\"Hi\",\"html\":\"<p>Hi</p>\",\"attachments\":%s}"
        .formatted(attachments);
  }

  private static List<LoggedRequest> sent(Service service) {
    return SERVER.findAll(postRequestedFor(urlEqualTo(service.path)));
  }

  @ParameterizedTest
  @EnumSource(Service.class)
  void files_go_along_and_one_that_is_missing_or_too_large_parks_the_email(Service service)
      throws IOException {
    byte[] bill = put("bills/7.pdf", "application/pdf", 60_000);
    byte[] note = put("notes/n", "text/plain", 30_001);
    put("large", "application/zip", service.maxBytes * 3 / 4);
    try (TestHub hub = hub(service)) {
      String plain = EmailHub.queue(hub, mail("[]"));
      EmailHub.awaitStatus(hub, plain, "done 1");
      assertThat(Json.own(sent(service).get(0).getBodyAsString()).has(service.files)).isFalse();

      String id =
          EmailHub.queue(
              hub,
              mail(
                  "[{\"key\":\"bills/7.pdf\"},{\"key\":\"notes/n\",\"filename\":\"Größe, (世界).csv\",\"contentType\":\"text/csv; charset=utf-8\"}]"));
      EmailHub.awaitStatus(hub, id, "done 1");

      LoggedRequest request = sent(service).get(1);
      assertThat(request.getHeader("Idempotency-Key"))
          .as("a file changes no key")
          .startsWith(id + "/email-send/send-email-by-")
          .endsWith("/send-by-" + service.text());
      JsonNode files = Json.own(request.getBodyAsString()).get(service.files);
      assertThat(files).hasSize(2);
      assertFile(files.get(0), service, "7.pdf", "application/pdf", bill);
      assertFile(
          files.get(1),
          service,
          "Größe, (世界).csv",
          service == Service.SENDGRID ? "text/csv" : "text/csv; charset=utf-8",
          note);
      if (service == Service.SENDGRID) {
        assertThat(files.get(0).get("disposition").asText()).isEqualTo("attachment");
      }

      String missing = EmailHub.queue(hub, mail("[{\"key\":\"nowhere.pdf\"}]"));
      EmailHub.awaitStatus(hub, missing, "dead 1");
      assertThat(EmailHub.error(hub, missing))
          .contains("the attachment nowhere.pdf is not in the file storage");

      String large = EmailHub.queue(hub, mail("[{\"key\":\"large\"}]"));
      EmailHub.awaitStatus(hub, large, "dead 1");
      assertThat(EmailHub.error(hub, large))
          .contains(service.text() + " refused", "it takes " + service.maxBytes);
      assertThat(sent(service)).hasSize(2);
    }
  }

  private static void assertFile(
      JsonNode file, Service service, String name, String type, byte[] bytes) {
    assertThat(file.get(service.name).asText()).isEqualTo(name);
    assertThat(file.get(service.type).asText()).isEqualTo(type);
    assertThat(Base64.getDecoder().decode(file.get(service.content).asText())).isEqualTo(bytes);
  }
}
