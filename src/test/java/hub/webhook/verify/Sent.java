package hub.webhook.verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A request as a sender made it; each change returns a new one. */
record Sent(Map<String, List<String>> headers, SignedRequest request) {

  static Sent of(byte[] body, Map<String, List<String>> headers) {
    Map<String, List<String>> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    anyCase.putAll(headers);
    return new Sent(anyCase, new SignedRequest(anyCase::get, body));
  }

  static Sent of(String body) {
    return of(body.getBytes(UTF_8), Map.of());
  }

  Sent with(String header, String... values) {
    Map<String, List<String>> changed = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    changed.putAll(headers);
    changed.put(header, List.of(values));
    return of(request.body(), changed);
  }

  Sent without(String header) {
    Map<String, List<String>> changed = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    changed.putAll(headers);
    changed.remove(header);
    return of(request.body(), changed);
  }

  Sent withBody(byte[] other) {
    return of(other, headers);
  }

  String header(String name) {
    return headers.get(name).get(0);
  }
}
