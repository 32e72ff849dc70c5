package hub.identity.login;

import hub.testing.TestHub;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** A browser: keeps cookies and does not follow redirects. */
final class Browser {
  private final TestHub hub;
  private final Map<String, String> cookies = new LinkedHashMap<>();

  Browser(TestHub hub) {
    this.hub = hub;
  }

  /** Cookies by name, which tests may change. */
  Map<String, String> cookies() {
    return cookies;
  }

  /** GETs a path of the hub, or the path of a URL. */
  HttpResponse<String> get(String address) {
    return send("GET", address);
  }

  HttpResponse<String> send(String method, String address, String... headers) {
    URI uri = URI.create(address);
    String path = uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
    String[] all = headers;
    if (!cookies.isEmpty()) {
      all = Arrays.copyOf(headers, headers.length + 2);
      all[headers.length] = "Cookie";
      all[headers.length + 1] =
          cookies.entrySet().stream()
              .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
              .collect(Collectors.joining("; "));
    }
    HttpResponse<String> answer = hub.send(method, path, new byte[0], all);
    answer.headers().allValues("Set-Cookie").stream()
        .flatMap(text -> HttpCookie.parse(text).stream())
        .forEach(
            cookie -> {
              if (cookie.getMaxAge() == 0) {
                cookies.remove(cookie.getName());
              } else {
                cookies.put(cookie.getName(), cookie.getValue());
              }
            });
    return answer;
  }

  /** Begins a login and returns the parameters of the redirect. */
  Map<String, String> begin(String provider, String returnTo) {
    HttpResponse<String> answer =
        get("/api/auth/" + provider + "/login?returnTo=" + encoded(returnTo));
    if (answer.statusCode() != 302) {
      throw new AssertionError(answer.statusCode() + " " + answer.body());
    }
    return query(location(answer));
  }

  /** Logs in at a provider that accepts any code. */
  HttpResponse<String> comeBack(String provider, Map<String, String> begun) {
    return comeBack(provider, "state", begun.get("state"), "code", "a-code");
  }

  /** Opens the callback of a login. */
  HttpResponse<String> comeBack(String provider, String... parameters) {
    StringBuilder query = new StringBuilder();
    for (int i = 0; i < parameters.length; i += 2) {
      query
          .append(i == 0 ? "?" : "&")
          .append(parameters[i])
          .append('=')
          .append(encoded(parameters[i + 1]));
    }
    return get("/api/auth/callback/" + provider + query);
  }

  static String location(HttpResponse<String> answer) {
    return answer.headers().firstValue("Location").orElseThrow();
  }

  static Map<String, String> query(String address) {
    Map<String, String> query = new LinkedHashMap<>();
    for (String pair : URI.create(address).getRawQuery().split("&", -1)) {
      String[] parts = pair.split("=", 2);
      query.put(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
    }
    return query;
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
