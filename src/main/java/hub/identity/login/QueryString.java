package hub.identity.login;

import io.vertx.core.http.HttpServerRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The decoded query string of a request.
 *
 * @param values the first value of each name
 * @param repeated names that are given more than once
 */
record QueryString(Map<String, String> values, Set<String> repeated) {
  static QueryString of(HttpServerRequest request) {
    Map<String, String> values = new LinkedHashMap<>();
    Set<String> repeated = new TreeSet<>();
    String raw = request.query() == null ? "" : request.query();
    for (String pair : raw.split("&", 0)) {
      String[] parts = pair.split("=", 2);
      String name = URLDecoder.decode(parts[0], StandardCharsets.UTF_8);
      String value = parts.length == 2 ? URLDecoder.decode(parts[1], StandardCharsets.UTF_8) : "";
      if (values.putIfAbsent(name, value) != null) {
        repeated.add(name);
      }
    }
    return new QueryString(values, repeated);
  }
}
