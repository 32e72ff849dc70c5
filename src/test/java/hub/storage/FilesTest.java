package hub.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import hub.json.Json;
import hub.testing.Store;
import hub.testing.TestHub;
import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files stored, read and removed through the hub, in a store that checks every signature. */
class FilesTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static Bucket bucket;
  private static TestHub hub;

  @BeforeAll
  static void start() {
    bucket = Bucket.start();
    hub = bucket.configure(TestHub.on(Store.H2)).start();
  }

  @AfterAll
  static void stop() {
    hub.close();
    bucket.close();
  }

  static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(hub.url(path))
        .header("Authorization", "Bearer " + TestHub.API_KEY);
  }

  static HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static JsonNode json(HttpResponse<byte[]> answer) {
    return Json.own(new String(answer.body(), StandardCharsets.UTF_8));
  }

  private static HttpResponse<byte[]> put(String path, byte[] bytes, String type)
      throws Exception {
    return send(
        request(path)
            .header("Content-Type", type)
            .PUT(HttpRequest.BodyPublishers.ofByteArray(bytes)));
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @Test
  void a_file_comes_back_as_it_was_stored() throws Exception {
    byte[] bytes = random(1_000_003);

    HttpResponse<byte[]> stored = put("/api/files/reports/a.bin", bytes, "image/png");

    assertThat(stored.statusCode()).as(new String(stored.body(), StandardCharsets.UTF_8)).isEqualTo(201);
    JsonNode answer = json(stored);
    assertThat(answer.get("key").asText()).isEqualTo("reports/a.bin");
    assertThat(answer.get("size").asLong()).isEqualTo(bytes.length);
    assertThat(answer.get("url").asText())
        .isEqualTo("http://localhost:8080/api/files/reports/a.bin");
    HttpResponse<byte[]> read = send(request("/api/files/reports/a.bin"));
    assertThat(read.statusCode()).isEqualTo(200);
    assertThat(read.body()).isEqualTo(bytes);
    assertThat(read.headers().firstValue("Content-Type")).hasValue("image/png");
    assertThat(read.headers().firstValue("ETag")).hasValue(answer.get("etag").asText());
    assertThat(read.headers().firstValue("Content-Length")).hasValue("1000003");
  }
}
