package hub.provider.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import hub.testing.FaultyLine;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;

/** Storage with wrong settings, without settings, or unreachable. Slow: it waits for timeouts. */
@Tag("long") // starts a hub for each
@Tag("slow")
@Tag("waits")
class StorageRefusalsTest {
  private static final String WRONG = "a+wrong/secret";

  private static Bucket bucket;

  @BeforeAll
  static void start() {
    bucket = Bucket.start();
  }

  @AfterAll
  static void stop() {
    bucket.close();
  }

  private static HttpResponse<String> send(TestHub hub, String method, String path, String body) {
    return hub.send(
        method,
        "/api/files/" + path,
        body.getBytes(java.nio.charset.StandardCharsets.UTF_8),
        "Authorization",
        "Bearer " + TestHub.API_KEY);
  }

  @Test
  void without_settings_the_hub_starts_and_names_them() {
    try (TestHub hub =
        TestHub.on(Store.H2)
            .with("S3_BUCKET", "")
            .with("AWS_REGION", "us-east-1")
            .routeFile("policies/*.camel.yaml")
            .routeFile("storage/*.camel.yaml")
            .start()) {
      for (String[] call :
          new String[][] {
            {"PUT", "a", "x"},
            {"GET", "a", ""},
            {"DELETE", "a", ""},
            {"POST", "upload-url", "{\"key\":\"a\"}"},
            {"POST", "download-url", "{\"key\":\"a\"}"}
          }) {
        HttpResponse<String> answer = send(hub, call[0], call[1], call[2]);

        assertThat(answer.statusCode()).as(call[0] + " " + call[1]).isEqualTo(503);
        assertThat(answer.body())
            .contains("not-configured")
            .contains("S3_BUCKET, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY")
            .doesNotContain("AWS_REGION");
      }
      assertThat(send(hub, "HEAD", "a", "").statusCode()).isEqualTo(503);
    }
  }

  @Test
  void a_wrong_secret_and_a_missing_bucket_are_told_apart() {
    try (TestHub hub =
            bucket.configure(TestHub.on(Store.H2)).with("AWS_SECRET_ACCESS_KEY", WRONG).start();
        TestHub other =
            bucket.configure(TestHub.on(Store.H2)).with("S3_BUCKET", "elsewhere").start()) {
      for (String method : new String[] {"PUT", "GET", "DELETE"}) {
        String body = method.equals("PUT") ? "x" : "";
        JsonNode wrong = Json.own(send(hub, method, "a", body).body());

        assertThat(wrong.get("status").asInt()).isEqualTo(400);
        assertThat(wrong.get("code").asText()).isEqualTo("SignatureDoesNotMatch");
        assertThat(wrong.get("detail").asText())
            .contains("AWS_SECRET_ACCESS_KEY")
            .doesNotContain(WRONG)
            .doesNotContain(Bucket.KEY_ID);
      }
      for (String method : new String[] {"PUT", "GET"}) {
        JsonNode missing =
            Json.own(send(other, method, "a", method.equals("PUT") ? "x" : "").body());

        assertThat(missing.get("status").asInt()).isEqualTo(404);
        assertThat(missing.get("code").asText()).isEqualTo("NoSuchBucket");
        assertThat(missing.get("detail").asText()).contains("S3_BUCKET");
      }
    }
  }

  @Test
  void a_file_has_the_address_of_the_public_url() {
    try (TestHub hub =
        bucket
            .configure(TestHub.on(Store.H2))
            .with("S3_PUBLIC_URL", "https://cdn.example.com/")
            .start()) {
      JsonNode stored = Json.own(send(hub, "PUT", "a%20b/%C3%A4", "x").body());

      assertThat(stored.get("url").asText()).isEqualTo("https://cdn.example.com/a%20b/%C3%A4");
    }
  }

  @Test
  void a_store_that_breaks_off_in_mid_answer_gives_no_whole_file() throws Exception {
    bucket
        .client()
        .putObject(
            request -> request.bucket(Bucket.NAME).key("large"),
            RequestBody.fromBytes(new byte[40_000_000]));
    try (FaultyLine line = new FaultyLine("127.0.0.1", bucket.port());
        TestHub hub =
            Bucket.configure(TestHub.on(Store.H2), line.port())
                .with("hub.call.attempt-seconds", "1")
                .with("hub.call.total-seconds", "3")
                .with("hub.breaker.attempts", "1000")
                .start()) {
      try (InputStream half = open(hub, "large")) {
        half.readNBytes(100_000);
        line.cut();
        assertThatThrownBy(half::readAllBytes).isInstanceOf(IOException.class);
      }
      HttpResponse<String> refused = send(hub, "GET", "large", "");
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
      line.mend();
      try (InputStream half = open(hub, "large")) {
        half.readNBytes(100_000);
        line.silence();
        assertThatThrownBy(half::readAllBytes).isInstanceOf(IOException.class);
        line.mend();
      }
      try (InputStream whole = open(hub, "large")) {
        assertThat(whole.readAllBytes()).hasSize(40_000_000);
      }
    }
  }

  private static InputStream open(TestHub hub, String path) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(hub.url("/api/files/" + path))
            .header("Authorization", "Bearer " + TestHub.API_KEY)
            .build();
    return HttpClient.newHttpClient()
        .send(request, HttpResponse.BodyHandlers.ofInputStream())
        .body();
  }
}
