package hub.provider.email;

import static org.assertj.core.api.Assertions.assertThat;

import hub.provider.files.Bucket;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import jakarta.mail.BodyPart;
import jakarta.mail.internet.MimeMultipart;
import java.net.http.HttpResponse;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.sync.RequestBody;

/** Files of the storage that go along with an e-mail. */
class AttachmentsTest {
  private static final int MOST = 100_000;

  private static MailServer server;
  private static Bucket bucket;
  private static TestHub hub;

  @BeforeAll
  static void start() {
    server = MailServer.open();
    bucket = Bucket.start();
    hub = withStorage(EmailHub.bySmtp(Store.H2, "smtp://127.0.0.1:" + server.port())).start();
  }

  private static TestHub.Builder withStorage(TestHub.Builder builder) {
    return builder
        .with("S3_BUCKET", Bucket.NAME)
        .with("S3_ENDPOINT", "http://127.0.0.1:" + bucket.port())
        .with("AWS_REGION", "us-east-1")
        .with("AWS_ACCESS_KEY_ID", Bucket.KEY_ID)
        .with("AWS_SECRET_ACCESS_KEY", Bucket.SECRET)
        .with("hub.email.attachments-max-bytes", "" + MOST);
  }

  @AfterAll
  static void stop() {
    hub.close();
    bucket.close();
    server.close();
  }

  @BeforeEach
  void reset() {
    server.deliveries.clear();
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

  @Test
  void files_go_along_as_they_were_stored_under_the_names_they_are_given() throws Exception {
    byte[] bill = put("bills/7/r 7.pdf", "application/pdf", 60_000);
    byte[] note = put("notes/n", "text/plain", 30_000);

    String id =
        EmailHub.queue(
            hub,
            mail(
                "[{\"key\":\"bills/7/r 7.pdf\"},{\"key\":\"notes/n\",\"filename\":\"Größe 世界.csv\",\"contentType\":\"text/csv\"}]"));
    EmailHub.awaitStatus(hub, id, "done 1");

    MimeMultipart all = (MimeMultipart) server.deliveries.get(0).message().getContent();
    assertThat(all.getContentType()).startsWith("multipart/mixed");
    assertThat(all.getCount()).isEqualTo(3);
    MimeMultipart words = (MimeMultipart) all.getBodyPart(0).getContent();
    assertThat((String) words.getBodyPart(1).getContent()).contains("<p>Hi</p>");
    assertFile(all.getBodyPart(1), "r 7.pdf", "application/pdf", bill);
    assertFile(all.getBodyPart(2), "Größe 世界.csv", "text/csv", note);
  }

  private static void assertFile(BodyPart part, String name, String type, byte[] bytes)
      throws Exception {
    assertThat(part.getFileName()).isEqualTo(name);
    assertThat(part.getContentType()).startsWith(type);
    assertThat(part.getDisposition()).isEqualTo("attachment");
    assertThat(part.getInputStream().readAllBytes()).isEqualTo(bytes);
  }

  @Test
  void a_file_that_is_missing_when_the_email_is_sent_parks_it() {
    String id = EmailHub.queue(hub, mail("[{\"key\":\"nowhere.pdf\"}]"));

    EmailHub.awaitStatus(hub, id, "dead 1");
    assertThat(EmailHub.error(hub, id))
        .contains("the attachment nowhere.pdf is not in the file storage");
    assertThat(server.deliveries).isEmpty();
  }

  @Test
  void files_that_are_too_large_together_park_the_email() {
    put("half", "text/plain", MOST - 1);
    put("more", "text/plain", 2);

    String id = EmailHub.queue(hub, mail("[{\"key\":\"half\"},{\"key\":\"more\"}]"));

    EmailHub.awaitStatus(hub, id, "dead 1");
    assertThat(EmailHub.error(hub, id)).contains("more than " + MOST + " bytes");
    assertThat(server.deliveries).isEmpty();

    put("last", "text/plain", 1);
    String fits = EmailHub.queue(hub, mail("[{\"key\":\"half\"},{\"key\":\"last\"}]"));
    EmailHub.awaitStatus(hub, fits, "done 1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[{\"key\":\"/etc/passwd\"}] | attachments.0.key",
        "[{\"key\":\"a/../b\"}] | attachments.0.key",
        "[{\"key\":\"\"}] | attachments.0.key",
        "[{\"key\":\"a\",\"filename\":\"x\\r\\ny\"}] | attachments.0.filename",
        "[{\"key\":\"a\",\"filename\":\"../x\"}] | attachments.0.filename",
        "[{\"key\":\"a\"},{\"key\":\"b\",\"contentType\":\"text/plain\\r\\nX: y\"}] | attachments.1.contentType",
        "[{\"key\":\"a\",\"contentType\":\"multipart/mixed\"}] | attachments.0.contentType",
        "[{\"filename\":\"x\"}] | key",
        "[{\"key\":\"a\",\"url\":\"http://x\"}] | url",
        "[1] | attachments",
        "\"a\" | attachments"
      })
  void what_is_no_attachment_is_refused(String attachments, String place) {
    HttpResponse<String> answer = EmailHub.post(hub, mail(attachments));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains("urn:hub:problem:payload-invalid");
    assertThat(Json.own(answer.body()).get("detail").asText()).contains(place);
  }

  @Test
  void an_eleventh_file_is_refused() {
    HttpResponse<String> answer =
        EmailHub.post(hub, mail("[" + "{\"key\":\"a\"},".repeat(10) + "{\"key\":\"a\"}]"));

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(answer.body()).contains("attachments");
  }

  @Test
  void without_storage_attachments_are_refused_in_clear_words() {
    try (TestHub bare = EmailHub.bySmtp(Store.H2, "smtp://127.0.0.1:" + server.port()).start()) {
      HttpResponse<String> answer = EmailHub.post(bare, mail("[{\"key\":\"a\"}]"));
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).contains("not-configured", "S3_BUCKET");
    }
  }

  @Test
  void a_transport_whose_route_reads_no_files_refuses_them() {
    String route =
        """
        - route:
            id: email-by-pigeon
            description: Takes no files.
            from:
              uri: direct:email-by-pigeon
              steps:
                - log:
                    message: flown
        """;
    try (TestHub other =
        withStorage(EmailHub.builder(Store.H2))
            .with("EMAIL_TRANSPORT", "pigeon")
            .route("email-by-pigeon", route)
            .start()) {
      HttpResponse<String> answer = EmailHub.post(other, mail("[{\"key\":\"a\"}]"));
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.body())
          .contains("payload-invalid", "EMAIL_TRANSPORT=pigeon", "direct:email-read-attachments");

      // Stored while another transport was set.
      String id =
          other.append(
              "email",
              "early",
              "email.send",
              "",
              "{\"to\":[\"a@b.example\"],\"subject\":\"s\",\"html\":\"h\",\"attachments\":[{\"key\":\"a\",\"filename\":\"a\"}]}");
      EmailHub.awaitStatus(other, id, "dead 1");
      assertThat(EmailHub.error(other, id)).contains("EMAIL_TRANSPORT=pigeon");
    }
  }
}
