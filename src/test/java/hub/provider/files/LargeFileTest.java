package hub.provider.files;

import static org.assertj.core.api.Assertions.assertThat;

import hub.testing.HubProcess;
import hub.testing.Store;
import hub.testing.TestHub;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files larger than the hub's memory. {@code -Dhub.test.file-mib=1024 -Dhub.test.heap=200m} is the
 * documented size; an ordinary build uses a smaller file and heap. Slow: a file larger than the
 * heap is sent twice.
 */
@Tag("process")
@Tag("slow")
class LargeFileTest {
  private static final long BYTES = Long.getLong("hub.test.file-mib", 128) * 1024 * 1024;
  private static final String HEAP = System.getProperty("hub.test.heap", "96m");
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private static Bucket bucket;
  private static HubProcess hub;

  @BeforeAll
  static void start() {
    bucket = Bucket.start();
    HubProcess.Builder builder =
        HubProcess.on(Store.H2)
            .heap(HEAP)
            .with("S3_BUCKET", Bucket.NAME)
            .with("S3_ENDPOINT", "http://127.0.0.1:" + bucket.port())
            .with("AWS_REGION", "us-east-1")
            .with("AWS_ACCESS_KEY_ID", Bucket.KEY_ID)
            .with("AWS_SECRET_ACCESS_KEY", Bucket.SECRET);
    for (String file :
        new String[] {
          "storage/storage-put-file.camel.yaml",
          "storage/storage-put-parts.camel.yaml",
          "storage/storage-abort-upload.camel.yaml",
          "storage/storage-abort-later.camel.yaml",
          "storage/storage-forget-upload.camel.yaml",
          "storage/storage-get-file.camel.yaml"
        }) {
      builder.routeFile(file);
    }
    hub = builder.start();
  }

  @AfterAll
  static void stop() {
    hub.close();
    bucket.close();
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + hub.port() + path))
        .header("Authorization", "Bearer " + TestHub.API_KEY);
  }

  /** So many bytes, with different content in each part. */
  private static final class Content extends InputStream {
    private long position;

    @Override
    public int read() {
      return position == BYTES ? -1 : at(position++);
    }

    @Override
    public int read(byte[] to, int offset, int length) {
      int given = (int) Math.min(length, BYTES - position);
      for (int i = 0; i < given; i++) {
        to[offset + i] = (byte) at(position++);
      }
      return given == 0 ? -1 : given;
    }

    private static int at(long position) {
      return (int) (position ^ position >> 8 ^ position >> 20) & 0xff;
    }
  }

  private static String digest(InputStream stream) throws Exception {
    MessageDigest md5 = MessageDigest.getInstance("MD5");
    try (DigestInputStream in = new DigestInputStream(stream, md5)) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(md5.digest());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @Tag("faults")
  void a_file_larger_than_the_heap_comes_and_goes(boolean chunked) throws Exception {
    HttpRequest.BodyPublisher unknown = HttpRequest.BodyPublishers.ofInputStream(Content::new);
    HttpRequest.BodyPublisher body =
        chunked ? unknown : HttpRequest.BodyPublishers.fromPublisher(unknown, BYTES);
    CompletableFuture<HttpResponse<String>> upload =
        HTTP.sendAsync(
            request("/api/files/large").PUT(body).build(), HttpResponse.BodyHandlers.ofString());
    long slowest = 0;
    int asked = 0;
    while (!isDoneWithin20Millis(upload)) {
      slowest = Math.max(slowest, millisOfAnotherRequest());
      asked++;
    }

    assertThat(upload.get().statusCode()).as(upload.get().body() + hub.output()).isEqualTo(201);
    assertThat(upload.get().body()).contains("\"size\":" + BYTES);
    assertThat(asked).isGreaterThan(5);
    assertThat(slowest).as("ms of the slowest of %d other requests", asked).isLessThan(2_000);
    HttpResponse<InputStream> read =
        HTTP.send(request("/api/files/large").build(), HttpResponse.BodyHandlers.ofInputStream());
    assertThat(digest(read.body())).isEqualTo(digest(new Content()));
  }

  private static boolean isDoneWithin20Millis(CompletableFuture<?> upload) throws Exception {
    try {
      upload.get(20, TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  private static long millisOfAnotherRequest() throws IOException {
    long begun = System.nanoTime();
    assertThat(hub.query("SELECT 1")).isEqualTo("1");
    return (System.nanoTime() - begun) / 1_000_000;
  }
}
