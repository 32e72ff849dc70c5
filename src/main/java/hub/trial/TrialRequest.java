package hub.trial;

import hub.lint.TestCase.Given;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Sends the request that a test gives to the server of the hub under test. */
final class TrialRequest {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private TrialRequest() {}

  /**
   * The answer: {@code status}, {@code headers} by their names in small letters, {@code body}.
   *
   * @param port of the hub under test
   */
  static Map<String, Object> send(Given given, int port) throws IOException {
    String method = given.text("method").orElse("GET").toUpperCase(Locale.ROOT);
    String path = given.text("path").orElse("/");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + port + path + query(given.map("query"))));
    byte[] body = given.bytes("body");
    request.method(
        method,
        body.length == 0
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofByteArray(body));
    if (body.length > 0) {
      request.setHeader("Content-Type", "application/json");
    }
    request.setHeader(
        "Authorization",
        "Bearer "
            + (path.startsWith("/api/admin") ? TrialSettings.ADMIN_KEY : TrialSettings.API_KEY));
    given
        .map("headers")
        .forEach((name, value) -> request.setHeader(name.toString(), String.valueOf(value)));
    return answer(send(request.build()));
  }

  private static HttpResponse<byte[]> send(HttpRequest request) throws IOException {
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static Map<String, Object> answer(HttpResponse<byte[]> response) {
    Map<String, Object> answer = new TreeMap<>();
    answer.put("status", response.statusCode());
    Map<String, Object> headers = new TreeMap<>();
    response
        .headers()
        .map()
        .forEach(
            (name, values) ->
                headers.put(name.toLowerCase(Locale.ROOT), String.join(", ", values)));
    answer.put("headers", headers);
    answer.put("body", OutsideCalls.body(response.body()));
    return answer;
  }

  private static String query(Map<?, ?> query) {
    StringBuilder text = new StringBuilder();
    query.forEach(
        (name, value) ->
            text.append(text.length() == 0 ? '?' : '&')
                .append(URLEncoder.encode(name.toString(), StandardCharsets.UTF_8))
                .append('=')
                .append(URLEncoder.encode(String.valueOf(value), StandardCharsets.UTF_8)));
    return text.toString();
  }
}
