package hub.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import hub.config.Settings;
import hub.webhook.scheme.KeyCache;
import hub.webhook.scheme.SchemeFiles;
import hub.webhook.verify.Handshakes;
import hub.webhook.verify.Response;
import hub.webhook.verify.SchemeOptions;
import hub.webhook.verify.SchemeTools;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.SignatureVerifier;
import hub.webhook.verify.WebhookRejectedException;
import hub.webhook.verify.WebhookScheme;
import io.vertx.core.MultiMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Damaged scheme files, the same in each run: each is told its faults soon, and never by an
 * exception; or it is a scheme by which requests are verified.
 */
@Tag("long") // thousands of files
class SchemeFilesFuzzTest {
  private static final int ROUNDS = 1500;

  /** A hundred times of what one takes; the bound is for loops, not for slow machines. */
  private static final Duration MOST = Duration.ofSeconds(5);

  private static final String PUBLIC_KEY =
      "46074271659a57f0cfb7e4f7dc5e50be85e1ebb48bb79d6fe321c262bf7b6595";

  @TempDir private Path routes;

  private static List<String> shipped() throws IOException {
    List<String> texts = new ArrayList<>();
    try (Stream<Path> files = Files.list(Path.of("src/main/resources/schemes"))) {
      for (Path file : files.filter(one -> one.toString().endsWith(".yaml")).sorted().toList()) {
        texts.add(Files.readString(file));
      }
    }
    return texts;
  }

  @ParameterizedTest
  @ValueSource(longs = {20260115, 4711})
  void a_damaged_file_has_faults_or_verifies(long seed) throws IOException {
    SchemeMutations mutations = new SchemeMutations(new Random(seed), shipped());
    int usable = 0;
    for (int i = 0; i < ROUNDS; i++) {
      String file = mutations.next();
      long begin = System.nanoTime();
      try {
        if (SchemeFiles.faultsOf("fuzz", file).isEmpty()) {
          usable++;
          verify(file);
        }
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError(file, e);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begin)).as(file).isLessThan(MOST);
    }
    // A tenth at least, or the damage says nothing of what is verified.
    assertThat(usable).isGreaterThan(ROUNDS / 10);
  }

  private void verify(String file) throws IOException {
    Files.createDirectories(routes.resolve("schemes"));
    Files.writeString(routes.resolve("schemes/fuzz.scheme.yaml"), file);
    Schemes schemes = new Schemes(SchemeFiles.of(routes));
    WebhookScheme scheme = schemes.named("fuzz").orElseThrow();
    SchemeOptions options = options(scheme);
    if (!schemes.faultsOf(options).isEmpty()) {
      return; // a route could not use it as it is
    }
    SchemeTools tools = tools();
    List<String> secrets = secrets(scheme);
    SignatureVerifier verifier;
    try {
      verifier = schemes.of(options, secrets, 1, tools);
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage().lines()).allMatch(line -> line.startsWith("secrets: "));
      return;
    }
    WebhookScheme complete = schemes.overriddenBy(options);
    EventsReader reader = new EventsReader(complete);
    Handshakes handshakes = Handshakes.of(complete, secrets, tools);
    Optional<StoredAnswer> answer = StoredAnswer.of(complete, tools);
    for (WebhookRequest request : requests(complete)) {
      try {
        Optional<Response> shaken = handshakes.answer(request.signed(), Optional.of(verifier));
        EventsReader.Read unused = reader.read(request, request.signed(), verifier);
        if (answer.isPresent()) {
          assertThat(answer.get().of(request.signed()).fill("id", "accepted")).isNotNull();
        }
        assertThat(shaken).isNotNull();
      } catch (WebhookRejectedException e) {
        assertThat(e.reason()).isNotNull();
      }
    }
  }

  private static SchemeOptions options(WebhookScheme scheme) {
    SchemeOptions options = SchemeOptions.of("fuzz").with("unsafe", "true");
    if (scheme.event().eventId().isEmpty()) {
      options = options.with("eventId", "$.id");
    }
    return scheme.options().contains("signatureHeader")
        ? options.with("signatureHeader", "X-Signature")
        : options;
  }

  private static List<String> secrets(WebhookScheme scheme) {
    if (!scheme.keys().variable().isEmpty()) {
      return List.of(PUBLIC_KEY);
    }
    return switch (scheme.secret().kind()) {
      case NONE -> List.of();
      case BASE64 ->
          List.of(scheme.secret().prefix() + Base64.getEncoder().encodeToString(new byte[32]));
      case HEX -> List.of(scheme.secret().prefix() + "00".repeat(32));
      case USER_AND_PASSWORD -> List.of("user:a-password-of-the-tests");
      case TEXT -> List.of(scheme.secret().prefix() + "a-secret-of-the-tests-with-32-bytes");
    };
  }

  /** Every variable is set, to a text that means something in some places; no key is fetched. */
  private static SchemeTools tools() {
    return new HubSchemeTools(
        Clock.systemUTC(),
        new Settings(key -> Optional.of("set+")),
        new KeyCache(
            address -> {
              throw new IOException("no keys here");
            },
            Clock.systemUTC()));
  }

  /** With what the scheme reads, and without. */
  private static List<WebhookRequest> requests(WebhookScheme scheme) {
    MultiMap full = MultiMap.caseInsensitiveMultiMap();
    StringBuilder query = new StringBuilder("hub.mode=subscribe");
    String signature = signature(scheme.format());
    for (WebhookScheme.Places places : scheme.places()) {
      for (String place : List.of(places.signature(), places.timestamp(), places.id())) {
        String value = place.equals(places.signature()) ? signature : "1768478400";
        String name = place.substring(place.indexOf(':') + 1);
        if (place.startsWith("header:")) {
          full.add(name, value);
        } else if (place.startsWith("query:")) {
          query
              .append('&')
              .append(OutgoingBody.encoded(name))
              .append("=")
              .append(OutgoingBody.encoded(value));
        }
      }
    }
    MultiMap json =
        MultiMap.caseInsensitiveMultiMap().addAll(full).add("Content-Type", "application/json");
    MultiMap form =
        MultiMap.caseInsensitiveMultiMap()
            .addAll(full)
            .add("Content-Type", "application/x-www-form-urlencoded");
    String body =
        "{\"id\":\"1\",\"type\":\"a\",\"data\":{\"id\":2},\"a\":[{\"b\":\"c\"}],\"items\":[{\"id\":3}]}";
    List<WebhookRequest> requests = new ArrayList<>();
    for (String method : List.of("POST", "GET")) {
      for (String text :
          List.of(
              body,
              "[" + body + ",1,[]]",
              "a=b&payload=" + OutgoingBody.encoded(body),
              "",
              "\u0000{")) {
        requests.add(request(method, query.toString(), json, text, scheme));
        requests.add(request(method, query.toString(), form, text, scheme));
        requests.add(request(method, "", MultiMap.caseInsensitiveMultiMap(), text, scheme));
      }
    }
    return requests;
  }

  private static String signature(WebhookScheme.Format format) {
    String bytes = "AAAA".repeat(16);
    return format.prefix()
        + (format.field().isEmpty()
            ? bytes
            : "t"
                + format.assign()
                + "1768478400"
                + format.separator()
                + format.field()
                + format.assign()
                + bytes);
  }

  private static WebhookRequest request(
      String method, String query, MultiMap headers, String body, WebhookScheme scheme) {
    return new WebhookRequest(
        method,
        "/api/webhooks/fuzz?" + query,
        headers,
        MultiMap::caseInsensitiveMultiMap,
        body.getBytes(UTF_8),
        "https://hub.example",
        scheme.payload().form());
  }
}
