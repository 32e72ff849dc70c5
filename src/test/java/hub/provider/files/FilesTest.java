package hub.provider.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/**
 * Files stored, read and removed through the hub, in a store that checks every signature. Slow:
 * clients pause for seconds.
 */
@Tag("long") // a store of S3 of its own, and large files
@Tag("slow")
@Tag("waits")
class FilesTest {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static Bucket bucket;
  private static TestHub hub;

  @BeforeAll
  static void start() {
    bucket = Bucket.start();
    hub =
        bucket
            .configure(TestHub.on(Store.H2))
            .with("hub.http.idle-seconds", "2")
            .with("hub.call.connect-seconds", "1")
            .with("hub.api-keys", "test:" + TestHub.API_KEY + ",mail:a-key-for-mail-only:email")
            .start();
  }

  @AfterAll
  static void stop() {
    hub.close();
    bucket.close();
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(hub.url(path))
        .header("Authorization", "Bearer " + TestHub.API_KEY);
  }

  private static HttpResponse<byte[]> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private static JsonNode json(HttpResponse<byte[]> answer) {
    return Json.own(text(answer));
  }

  private static HttpResponse<byte[]> put(String path, byte[] bytes, String type)
      throws IOException, InterruptedException {
    HttpResponse<byte[]> answer =
        send(
            request(path)
                .header("Content-Type", type)
                .PUT(HttpRequest.BodyPublishers.ofByteArray(bytes)));
    assertThat(answer.statusCode()).as(text(answer)).isEqualTo(201);
    return answer;
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static byte[] stored(String key) {
    return bucket
        .client()
        .getObjectAsBytes(request -> request.bucket(Bucket.NAME).key(key))
        .asByteArray();
  }

  private static String header(HttpResponse<?> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  @Test
  void a_file_comes_back_as_it_was_stored() throws Exception {
    byte[] bytes = random(1_048_576);

    JsonNode answer = json(put("/api/files/reports/a.bin", bytes, "image/png"));

    assertThat(answer.get("key").asText()).isEqualTo("reports/a.bin");
    assertThat(answer.get("size").asLong()).isEqualTo(bytes.length);
    assertThat(answer.get("url").asText())
        .isEqualTo("http://localhost:8080/api/files/reports/a.bin");
    HttpResponse<byte[]> read = send(request("/api/files/reports/a.bin"));
    assertThat(read.statusCode()).isEqualTo(200);
    assertThat(read.body()).isEqualTo(bytes);
    assertThat(header(read, "Content-Type")).isEqualTo("image/png");
    assertThat(header(read, "ETag")).isEqualTo(answer.get("etag").asText());
    assertThat(header(read, "Content-Length")).isEqualTo("1048576");
    assertThat(header(read, "Last-Modified")).endsWith("GMT");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5 * 1024 * 1024 - 1, 5 * 1024 * 1024, 11_000_001})
  void any_length_is_stored_whole_with_and_without_content_length(int length) throws Exception {
    byte[] bytes = random(length);

    JsonNode known = json(put("/api/files/known/" + length, bytes, "text/plain"));
    HttpResponse<byte[]> chunked =
        send(
            request("/api/files/chunked/" + length)
                .header("Content-Type", "text/plain")
                .PUT(
                    HttpRequest.BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream(bytes))));

    assertThat(chunked.statusCode()).as(text(chunked)).isEqualTo(201);
    assertThat(json(chunked).get("size").asLong()).isEqualTo(length);
    assertThat(known.get("size").asLong()).isEqualTo(length);
    assertThat(stored("chunked/" + length)).isEqualTo(bytes);
    assertThat(send(request("/api/files/known/" + length)).body()).isEqualTo(bytes);
    assertThat(header(send(request("/api/files/chunked/" + length)), "Content-Type"))
        .isEqualTo("text/plain");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b",
        "a+b",
        "100%",
        "%41",
        "what?",
        "a#b",
        "grüße/日本/😀.txt",
        "...",
        "..a/b..",
        "~a*b!c'(d)",
        "a;b=c&d",
        "a\\b",
        "${sys:user.home}",
        "$simple{body}",
        "a:b@c|d",
        "upload-url"
      })
  void an_odd_key_means_one_file(String key) throws Exception {
    String path =
        "/api/files/" + URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20");
    byte[] bytes = ("file of " + key).getBytes(StandardCharsets.UTF_8);

    JsonNode answer = json(put(path, bytes, "text/plain"));

    assertThat(answer.get("key").asText()).isEqualTo(key);
    assertThat(stored(key)).isEqualTo(bytes);
    String url = answer.get("url").asText().replace("http://localhost:8080", "");
    assertThat(send(request(url)).body()).isEqualTo(bytes);
    HttpResponse<byte[]> head =
        send(request(path).method("HEAD", HttpRequest.BodyPublishers.noBody()));
    assertThat(header(head, "Content-Length")).isEqualTo(Integer.toString(bytes.length));
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(send(request(path).DELETE()).statusCode()).isEqualTo(204);
    assertThatThrownBy(() -> stored(key)).isInstanceOf(NoSuchKeyException.class);
  }

  /** The raw path: a client would normalise it. */
  private static String raw(String method, String target, String key) throws IOException {
    try (Socket socket = new Socket("localhost", hub.port())) {
      String request =
          method
              + " "
              + target
              + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 1\r\n"
              + (key.isEmpty() ? "" : "Authorization: Bearer " + key + "\r\n")
              + "\r\nx";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      socket.setSoTimeout(10_000);
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/files/",
        "/api/files",
        "/api/files/a/%2e%2e/b",
        "/api/files/%2e%2e%2fa",
        "/api/files/a/..%2fb",
        "/api/files/a/./b",
        "/api/files/%2e",
        "/api/files/a%2f.",
        "/api/files//a",
        "/api/files/%2fa",
        "/api/files/a%0ab",
        "/api/files/a%00b",
        "/api/files/a%7f",
        "/api/files/a%c2%85",
        "/api/files/%ff",
        "/api/files/%ed%a0%80",
        "/api/files/%zz",
        "/api/files/a%",
        "/api/files/a%4",
        "/api/files/%+1",
        "/api//files/a",
        "/api/./files/a",
        "/api/email/../files/a",
        "/%61pi/files/a"
      })
  void what_cannot_be_a_key_is_refused(String target) throws Exception {
    for (String method : new String[] {"PUT", "GET", "DELETE"}) {
      assertThat(raw(method, target, TestHub.API_KEY))
          .as(method + " " + target)
          .startsWith("HTTP/1.1 400 ");
    }
  }

  @Test
  void a_key_may_have_1024_bytes_and_no_more() throws Exception {
    // The test's store keeps files in folders, whose names have at most 255 characters.
    String longest = ("ü".repeat(100) + "/").repeat(5) + "a".repeat(19);

    assertThat(longest.getBytes(StandardCharsets.UTF_8)).hasSize(1_024);
    put("/api/files/" + URLEncoder.encode(longest, StandardCharsets.UTF_8), new byte[1], "a/b");
    HttpResponse<byte[]> tooLong =
        send(
            request("/api/files/" + URLEncoder.encode(longest + "a", StandardCharsets.UTF_8))
                .PUT(HttpRequest.BodyPublishers.ofString("x")));
    assertThat(tooLong.statusCode()).isEqualTo(400);
    assertThat(json(tooLong).get("type").asText()).isEqualTo("urn:hub:problem:payload-invalid");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api/files/a",
        "/api//files/a",
        "/api/./files/a",
        "/%61pi/files/a",
        "/api/%66iles/a",
        "/api/email/../files/a",
        "/api/files/%2e%2e/files/a",
        "/api/webhooks/../files/a",
        "/api/auth/x/login/../../../files/a",
        "//api/files/a"
      })
  void no_way_of_writing_the_path_gets_around_the_key(String target) throws Exception {
    for (String method : new String[] {"PUT", "GET", "DELETE"}) {
      assertThat(raw(method, target, "")).as(target).startsWith("HTTP/1.1 401 ");
      assertThat(raw(method, target, "a-key-for-mail-only")).as(target).startsWith("HTTP/1.1 403 ");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/api%2Ffiles/a",
        "/API/files/a",
        "/api/FILES/a",
        "/api/filesystem/a",
        "/api;/files/a"
      })
  void what_is_no_path_of_ours_reaches_no_file(String target) throws Exception {
    assertThat(raw("PUT", target, TestHub.API_KEY)).startsWith("HTTP/1.1 404 ");
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-9, 206, 0, 10, bytes 0-9/1000",
    "bytes=990-, 206, 990, 1000, bytes 990-999/1000",
    "bytes=-5, 206, 995, 1000, bytes 995-999/1000",
    "bytes=500-5000, 206, 500, 1000, bytes 500-999/1000"
  })
  void a_range_is_sent_alone(String range, int status, int from, int to, String contentRange)
      throws Exception {
    byte[] bytes = random(1_000);
    put("/api/files/range", bytes, "text/plain");

    HttpResponse<byte[]> part = send(request("/api/files/range").header("Range", range));

    assertThat(part.statusCode()).isEqualTo(status);
    assertThat(part.body()).isEqualTo(java.util.Arrays.copyOfRange(bytes, from, to));
    assertThat(header(part, "Content-Range")).isEqualTo(contentRange);
    assertThat(header(part, "Content-Length")).isEqualTo(Integer.toString(to - from));
  }

  @Test
  void a_range_beyond_the_end_is_416_and_a_version_that_is_known_304() throws Exception {
    JsonNode stored = json(put("/api/files/conditions", random(1_000), "text/plain"));
    String etag = stored.get("etag").asText();

    HttpResponse<byte[]> beyond =
        send(request("/api/files/conditions").header("Range", "bytes=2000-3000"));
    HttpResponse<byte[]> known =
        send(request("/api/files/conditions").header("If-None-Match", etag));
    HttpResponse<byte[]> other =
        send(request("/api/files/conditions").header("If-Match", "\"other\""));
    HttpResponse<byte[]> changed =
        send(
            request("/api/files/conditions")
                .header("If-Range", "\"other\"")
                .header("Range", "bytes=0-9"));

    assertThat(beyond.statusCode()).as(text(beyond)).isEqualTo(416);
    assertThat(json(beyond).get("type").asText()).endsWith(":range-not-satisfiable");
    assertThat(known.statusCode()).isEqualTo(304);
    assertThat(header(known, "ETag")).isEqualTo(etag);
    assertThat(known.body()).isEmpty();
    assertThat(other.statusCode()).isEqualTo(412);
    assertThat(changed.statusCode()).isEqualTo(200);
    assertThat(changed.body()).hasSize(1_000);
  }

  @Test
  void a_stored_page_cannot_run_as_one_of_ours() throws Exception {
    put(
        "/api/files/pages/%C3%A4%20%22x.html",
        "<script>".getBytes(StandardCharsets.UTF_8), "text/html");

    HttpResponse<byte[]> page = send(request("/api/files/pages/%C3%A4%20%22x.html"));

    assertThat(header(page, "Content-Disposition"))
        .isEqualTo("attachment; filename*=UTF-8''%C3%A4%20%22x.html");
    assertThat(header(page, "X-Content-Type-Options")).isEqualTo("nosniff");
    assertThat(header(page, "Content-Security-Policy")).startsWith("sandbox");
  }

  @Test
  void a_missing_file_is_404_with_the_stores_word() throws Exception {
    HttpResponse<byte[]> answer = send(request("/api/files/nobody"));

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(json(answer).get("type").asText()).isEqualTo("urn:hub:problem:provider-rejected");
    assertThat(json(answer).get("code").asText()).isEqualTo("NoSuchKey");
    assertThat(send(request("/api/files/nobody").DELETE()).statusCode()).isEqualTo(204);
    assertThat(
            send(request("/api/files/nobody").method("HEAD", HttpRequest.BodyPublishers.noBody()))
                .statusCode())
        .isEqualTo(404);
  }

  @Test
  void a_sender_that_goes_away_leaves_nothing_behind() throws Exception {
    try (Socket socket = new Socket("localhost", hub.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(head("/api/files/broken", "Content-Length: 20000000"));
      out.write(random(12_000_000));
      out.flush();
      await().until(() -> uploads() == 1);
    }

    await().until(() -> uploads() == 0);
    assertThatThrownBy(() -> stored("broken")).isInstanceOf(NoSuchKeyException.class);
  }

  @Test
  void a_sender_that_falls_silent_is_given_up() throws Exception {
    try (Socket socket = new Socket("localhost", hub.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(head("/api/files/silent", "Transfer-Encoding: chunked"));
      out.write("5\r\nabc".getBytes(StandardCharsets.US_ASCII));
      out.flush();
      socket.setSoTimeout(15_000);
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(answer).startsWith("HTTP/1.1 408 ").contains("request-timeout");
    }
    assertThatThrownBy(() -> stored("silent")).isInstanceOf(NoSuchKeyException.class);
  }

  private static byte[] head(String path, String more) {
    return ("PUT "
            + path
            + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
            + TestHub.API_KEY
            + "\r\n"
            + more
            + "\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static int uploads() {
    return bucket.client().listMultipartUploads(r -> r.bucket(Bucket.NAME)).uploads().size();
  }

  @Test
  void senders_and_readers_that_dawdle_hold_up_nobody_else() throws Exception {
    // More than the buffers of two sockets hold.
    put("/api/files/large", random(16_000_000), "text/plain");
    put("/api/files/small", new byte[9], "text/plain");
    List<Socket> dawdlers = new ArrayList<>();
    try {
      for (int i = 0; i < 80; i++) {
        dawdlers.add(dawdler(head("/api/files/slow" + i, "Content-Length: 10")));
        dawdlers.add(reader());
      }
      // All download connections are in use. The hub gives readers up after seconds, so more must
      // come
      // than it gives up, also where a request takes long because the machine is busy.
      HttpResponse<byte[]> refused =
          await()
              .atMost(Duration.ofSeconds(40))
              .pollInterval(Duration.ofMillis(20))
              .until(
                  () -> {
                    for (int i = 0; i < 16; i++) {
                      dawdlers.add(reader());
                    }
                    return send(request("/api/files/small"));
                  },
                  answer -> answer.statusCode() == 503);

      assertThat(text(refused)).contains("provider-unavailable").contains("being read");
      assertThat(header(refused, "Retry-After")).isNotEmpty();
      long begun = System.nanoTime();
      assertThat(hub.get("/api/openapi.json").statusCode()).isEqualTo(200);
      put("/api/files/quick", new byte[9], "text/plain");
      assertThat(System.nanoTime() - begun).isLessThan(4_000_000_000L);
    } finally {
      for (Socket dawdler : dawdlers) {
        dawdler.close();
      }
    }
    await().until(() -> send(request("/api/files/small")).statusCode() == 200);
  }

  /** Requests a large file and reads nothing. */
  private static Socket reader() throws IOException {
    return dawdler(
        new String(head("/api/files/large", ""), StandardCharsets.US_ASCII)
            .replaceFirst("PUT", "GET")
            .getBytes(StandardCharsets.US_ASCII));
  }

  private static Socket dawdler(byte[] head) throws IOException {
    Socket socket = new Socket();
    // The smallest buffer that the system allows: the sender notices early that nobody reads.
    socket.setReceiveBufferSize(1_024);
    socket.connect(new InetSocketAddress("localhost", hub.port()));
    socket.getOutputStream().write(head);
    return socket;
  }

  @Test
  void a_sender_that_asks_first_hears_a_refusal_before_it_sends() throws Exception {
    try (Socket socket = new Socket("localhost", hub.port())) {
      socket
          .getOutputStream()
          .write(head("/api/files/..%2fa", "Content-Length: 9\r\nExpect: 100-continue"));
      byte[] first = new byte[12];
      InputStream in = socket.getInputStream();
      in.readNBytes(first, 0, 12);

      assertThat(new String(first, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 400");
    }
    HttpResponse<byte[]> sent =
        send(
            request("/api/files/continued")
                .expectContinue(true)
                .PUT(HttpRequest.BodyPublishers.ofString("hello")));
    assertThat(sent.statusCode()).isEqualTo(201);
  }

  private static JsonNode link(String kind, String body) {
    HttpResponse<String> answer =
        hub.post("/api/files/" + kind + "-url", body, "Authorization", "Bearer " + TestHub.API_KEY);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.own(answer.body());
  }

  private static HttpResponse<byte[]> use(JsonNode link, String type, String body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(link.get("url").asText()))
            .method(
                link.get("method").asText(),
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (!type.isEmpty()) {
      request.header("Content-Type", type);
    }
    return send(request);
  }

  @Test
  void a_link_stores_and_fetches_one_file_of_one_type() throws Exception {
    JsonNode up =
        link(
            "upload",
            "{\"key\":\"in/ä b.png\",\"contentType\":\"image/png\",\"expiresInSeconds\":60}");
    JsonNode down = link("download", "{\"key\":\"in/ä b.png\"}");

    assertThat(up.get("method").asText()).isEqualTo("PUT");
    assertThat(up.get("headers").get("content-type").asText()).isEqualTo("image/png");
    assertThat(Instant.parse(up.get("expiresAt").asText()))
        .isBetween(Instant.now().plusSeconds(30), Instant.now().plusSeconds(61));
    assertThat(use(up, "text/html", "<script>").statusCode()).isEqualTo(403);
    assertThatThrownBy(() -> stored("in/ä b.png")).isInstanceOf(NoSuchKeyException.class);
    assertThat(use(up, "image/png", "picture").statusCode()).isEqualTo(200);
    assertThat(stored("in/ä b.png")).asString().isEqualTo("picture");
    assertThat(text(use(down, "", ""))).isEqualTo("picture");
    assertThat(down.get("headers")).isEmpty();
    assertThat(Instant.parse(down.get("expiresAt").asText()))
        .isAfter(Instant.now().plusSeconds(3_500));
  }

  @Test
  void a_link_works_until_it_expires_and_for_its_key_alone() throws Exception {
    put("/api/files/linked", new byte[3], "text/plain");
    JsonNode brief = link("download", "{\"key\":\"linked\",\"expiresInSeconds\":1}");
    JsonNode other = link("download", "{\"key\":\"linked\"}");

    String elsewhere = other.get("url").asText().replace("/linked?", "/other?");
    assertThat(send(HttpRequest.newBuilder(URI.create(elsewhere))).statusCode()).isEqualTo(403);
    await().until(() -> use(brief, "", "").statusCode() == 403);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | key",
        "{\"key\":\"a\",\"expiresInSeconds\":604801} | expiresInSeconds",
        "{\"key\":\"a\",\"expiresInSeconds\":0} | expiresInSeconds",
        "{\"key\":\"a\",\"expiresInSeconds\":\"5\"} | expiresInSeconds",
        "{\"key\":\"a\",\"colour\":1} | colour",
        "{\"key\":\"../a\"} | segment",
        "{\"key\":\"/a\"} | slash",
        "{\"key\":\"\"} | key",
        "{\"key\":\"a\\u0001b\"} | control"
      })
  void a_wish_that_cannot_be_met_is_told_what_is_wrong(String body, String named) {
    for (String kind : new String[] {"upload", "download"}) {
      HttpResponse<String> answer =
          hub.post(
              "/api/files/" + kind + "-url", body, "Authorization", "Bearer " + TestHub.API_KEY);

      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
      assertThat(answer.body()).contains("payload-invalid").contains(named);
    }
  }
}
