package hub.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** Makes a caller's requests that differ in a number. Not thread-safe. */
final class ApiRequests implements Supplier<ByteBuffer> {
  static final ApiRequests TRACK =
      new ApiRequests(
          "/api/analytics/track",
          "{\"userId\":\"u%d\",\"event\":\"Bought\",\"properties\":{\"price\":12.5}}");

  static final ApiRequests EMAIL =
      new ApiRequests(
          "/api/email",
          "{\"to\":\"ada%d@example.com\",\"subject\":\"Hello\",\"html\":\"<p>How are you?</p>\"}");

  private final String path;
  private final String body;
  private int made;

  private ApiRequests(String path, String body) {
    this.path = path;
    this.body = body;
  }

  @Override
  public ByteBuffer get() {
    String content = body.formatted(++made);
    return ByteBuffer.wrap(
        """
        POST %s HTTP/1.1\r
        Host: localhost\r
        Authorization: Bearer %s\r
        Content-Type: application/json\r
        Content-Length: %d\r
        \r
        %s"""
            .formatted(path, HubProcess.API_KEY, content.length(), content)
            .getBytes(StandardCharsets.US_ASCII));
  }
}
