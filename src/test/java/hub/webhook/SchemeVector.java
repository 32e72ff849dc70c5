package hub.webhook;

import hub.util.Json;
import hub.webhook.scheme.KeyCache;
import hub.webhook.scheme.SchemeFiles;
import hub.webhook.verify.KeyAddress;
import hub.webhook.verify.SchemeOptions;
import hub.webhook.verify.SchemeTools;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.SignatureVerifier;
import hub.webhook.verify.VerificationKey;
import hub.webhook.verify.WebhookRejectedException;
import hub.webhook.verify.WebhookScheme;
import io.vertx.core.MultiMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * A request of a sender whose proof was not made by this project, and what must be read from it.
 *
 * @param origin documentation, sdk or independent
 * @param data the vector as its file says it
 */
record SchemeVector(String scheme, String origin, Map<?, ?> data) {
  private static final Path FOLDER = Path.of("src/test/resources/schemes");
  private static final String SUFFIX = ".vectors.yaml";

  static final Schemes SCHEMES = new Schemes(SchemeFiles.shipped());

  static Stream<SchemeVector> all() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.sorted().flatMap(file -> of(file).stream()).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<SchemeVector> of(String scheme) {
    return of(FOLDER.resolve(scheme + SUFFIX));
  }

  private static List<SchemeVector> of(Path file) {
    String name = file.getFileName().toString().replace(SUFFIX, "");
    try {
      Map<?, ?> tree =
          (Map<?, ?>)
              new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
      List<SchemeVector> vectors = new ArrayList<>();
      for (Object one : (List<?>) tree.get("vectors")) {
        vectors.add(new SchemeVector(name, tree.get("origin").toString(), (Map<?, ?>) one));
      }
      return vectors;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  WebhookScheme described() {
    return SCHEMES.named(scheme).orElseThrow();
  }

  boolean isHandshake() {
    return data.containsKey("answer");
  }

  private Map<?, ?> map(String name) {
    return data.get(name) instanceof Map<?, ?> map ? map : Map.of();
  }

  Instant now() {
    Object now = data.get("now");
    return now == null ? Instant.parse("2026-01-15T12:00:00Z") : Instant.parse(now.toString());
  }

  String secret() {
    return String.valueOf(data.get("secret"));
  }

  List<String> secrets() {
    return data.get("secret") == null ? List.of() : SCHEMES.split(scheme, secret());
  }

  String body() {
    Object body = map("request").get("body");
    return body == null ? "" : body.toString();
  }

  String method() {
    Object method = map("request").get("method");
    return method == null ? "POST" : method.toString();
  }

  String url() {
    return map("request").get("url").toString();
  }

  Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    if (map("request").get("headers") instanceof Map<?, ?> all) {
      all.forEach((name, value) -> headers.put(name.toString(), String.valueOf(value)));
    }
    return headers;
  }

  /** What must be read: events, or none of a handshake. */
  List<Map<?, ?>> events() {
    Object event = data.get("event");
    List<Map<?, ?>> events = new ArrayList<>();
    if (event instanceof List<?> list) {
      list.forEach(one -> events.add((Map<?, ?>) one));
    } else if (event instanceof Map<?, ?> one) {
      events.add(one);
    }
    return events;
  }

  Map<?, ?> answer() {
    return map("answer");
  }

  /** Values of further variables. */
  Map<String, String> variables() {
    Map<String, String> variables = new LinkedHashMap<>();
    map("variables").forEach((name, value) -> variables.put(name.toString(), value.toString()));
    return variables;
  }

  SchemeTools tools(Clock clock) {
    Map<?, ?> fetched = map("fetched");
    Map<?, ?> variables = map("variables");
    KeyCache keys =
        new KeyCache(
            address -> {
              if (!fetched.containsKey(address.url())) {
                throw new IOException("nothing at " + address.url());
              }
              return fetched.get(address.url()).toString().getBytes(StandardCharsets.UTF_8);
            },
            clock);
    return new SchemeTools() {
      @Override
      public Clock clock() {
        return clock;
      }

      @Override
      public Optional<String> variable(String name) {
        return Optional.ofNullable(variables.get(name)).map(Object::toString);
      }

      @Override
      public Optional<Map<String, List<String>>> members(byte[] json) {
        return new HubSchemeTools(clock, null, null).members(json);
      }

      @Override
      public List<VerificationKey> keys(KeyAddress address, boolean again)
          throws WebhookRejectedException {
        return keys.keys(address, again);
      }
    };
  }

  SignatureVerifier verifier(List<String> secrets, Instant now) {
    return SCHEMES.of(SchemeOptions.of(scheme), secrets, 1, tools(fixed(now)));
  }

  SignatureVerifier verifier() {
    return verifier(secrets(), now());
  }

  static Clock fixed(Instant now) {
    return Clock.fixed(now, ZoneOffset.UTC);
  }

  WebhookRequest request() {
    return request(headers(), url(), body());
  }

  WebhookRequest request(Map<String, String> headers, String url, String body) {
    MultiMap all = MultiMap.caseInsensitiveMultiMap();
    headers.forEach(all::add);
    return request(all, url, body);
  }

  WebhookRequest request(MultiMap headers, String url, String body) {
    URI uri = URI.create(url);
    String base = uri.getScheme() + "://" + uri.getAuthority();
    return new WebhookRequest(
        method(),
        url.substring(base.length()),
        headers,
        MultiMap::caseInsensitiveMultiMap,
        body.getBytes(StandardCharsets.UTF_8),
        base,
        described().payload().form());
  }

  @Override
  public String toString() {
    return scheme + ": " + data.get("name");
  }

  static String text(Object value) {
    return value == null ? null : value instanceof String text ? text : Json.text(value);
  }
}
