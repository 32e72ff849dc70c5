package hub.identity.token;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import hub.util.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/** A {@link RotatingProvider} over HTTP, at which the person 42 logs in. */
final class StrictLogin implements AutoCloseable {
  static final String CLIENT_SECRET = "s3cret-of-the-client";

  final RotatingProvider provider = new RotatingProvider(Clock.systemUTC());
  private final HttpServer server;

  StrictLogin() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(Executors.newCachedThreadPool());
    server.createContext("/token", exchange -> answer(exchange, this::token));
    server.createContext("/user", exchange -> answer(exchange, form -> "{\"id\":42}"));
    server.createContext("/revoke", exchange -> answer(exchange, this::revoke));
    server.start();
  }

  private interface Answer {
    String to(Map<String, String> form);
  }

  /** Its entry for {@code providers.yaml}. */
  String yaml() {
    return """
        strict:
          title: Strict
          authorize-url: http://localhost:%1$d/authorize
          token-url: http://localhost:%1$d/token
          user-info-url: http://localhost:%1$d/user
          revocation-url: http://localhost:%1$d/revoke
          scopes: read
          client-id: a-client
          client-secret: "{{STRICT_CLIENT_SECRET}}"
          subject: $.id
        """
        .formatted(server.getAddress().getPort());
  }

  private static void answer(HttpExchange exchange, Answer answer) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    Map<String, String> form =
        Arrays.stream(body.split("&"))
            .map(pair -> pair.split("=", 2))
            .filter(pair -> pair.length == 2)
            .collect(Collectors.toMap(pair -> pair[0], pair -> decoded(pair[1])));
    int status = 200;
    byte[] bytes;
    try {
      bytes = answer.to(form).getBytes(StandardCharsets.UTF_8);
    } catch (GrantRefusedException e) {
      status = 400;
      bytes = "{\"error\":\"invalid_grant\"}".getBytes(StandardCharsets.UTF_8);
    }
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private String token(Map<String, String> form) {
    TokenSet given =
        form.get("grant_type").equals("refresh_token")
            ? provider.refresh("strict", form.get("refresh_token"))
            : provider.login();
    return Json.text(
        Json.object()
            .put("access_token", given.accessToken())
            .put("token_type", "Bearer")
            .put("refresh_token", given.refreshToken().orElse(null))
            .put(
                "expires_in",
                Duration.between(Clock.systemUTC().instant(), given.expiresAt().orElseThrow())
                        .toSeconds()
                    + 1)
            .put("scope", given.scope()));
  }

  private String revoke(Map<String, String> form) {
    provider.revoke("strict", form.get("token"));
    return "{}";
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
