package hub.webhook;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import hub.webhook.verify.Handshakes;
import hub.webhook.verify.Response;
import hub.webhook.verify.SignatureVerifier;
import hub.webhook.verify.WebhookRejectedException;
import hub.webhook.verify.WebhookScheme;
import hub.webhook.verify.WebhookScheme.Proof;
import io.vertx.core.MultiMap;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Damaged requests of every sender, the same in each run: each is refused with a reason, answered
 * as a handshake, or believed because what is signed is as it was.
 */
@Tag("long") // thousands of requests
class RequestFuzzTest {
  private static final int ROUNDS = 100;

  /** The bound is for loops, not for slow machines. */
  private static final Duration MOST = Duration.ofSeconds(5);

  private static final String[] PIECES = {
    "", " ", ",", "=", ".", ";", "|", ":", "t=", "v1=", "v1,", "sha256=", "Bearer ", "Basic ",
        "\u0000", "\uD800", "é", "٣", "ｆ",
    "-", "+", "/", "9999999999999999999", "1e400", "%", "%zz", "%00", "\r\n", "\"", "{", "}", "[",
        "]", "null", "{}", "[]", "&", "&a=b",
    "payload=", "\uFEFF", "eyJhbGciOiJub25lIn0", "AAAA",
  };

  /** A request as its parts. */
  private record Parts(String method, String url, MultiMap headers, byte[] body) {}

  static Stream<SchemeVector> vectors() {
    return SchemeVector.all();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void a_damaged_request_is_refused_or_is_what_was_signed(SchemeVector vector)
      throws WebhookRejectedException {
    Random random = new Random(vector.toString().hashCode());
    Optional<SignatureVerifier> verifier =
        vector.secrets().isEmpty() && vector.described().needsSecret()
            ? Optional.empty()
            : Optional.of(vector.verifier());
    Handshakes handshakes =
        Handshakes.of(
            vector.described(), vector.secrets(), vector.tools(SchemeVector.fixed(vector.now())));
    EventsReader reader = new EventsReader(vector.described());
    Parts genuine = genuine(vector);
    for (int i = 0; i < ROUNDS; i++) {
      Parts damaged = damaged(genuine, random);
      long begin = System.nanoTime();
      try {
        WebhookRequest request = request(vector, damaged);
        Optional<Response> answer = handshakes.answer(request.signed(), verifier);
        if (answer.isEmpty() && verifier.isPresent() && damaged.method.equals("POST")) {
          EventsReader.Read unused = reader.read(request, request.signed(), verifier.get());
          assertUnchanged(vector, genuine, damaged);
        }
      } catch (WebhookRejectedException e) {
        assertThat(e.reason()).isNotNull();
      } catch (RuntimeException | StackOverflowError e) {
        throw new AssertionError(described(damaged), e);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .as(described(damaged))
          .isLessThan(MOST);
    }
  }

  /** What was believed has the secret as it was, or the body. */
  private static void assertUnchanged(SchemeVector vector, Parts genuine, Parts believed) {
    WebhookScheme scheme = vector.described();
    String place = scheme.places().get(0).signature();
    if (scheme.proof() == Proof.TOKEN && place.startsWith("header:")) {
      String header = place.substring("header:".length());
      assertThat(believed.headers.get(header).strip())
          .endsWith(secretOf(scheme, genuine.headers.get(header)));
    }
    boolean signsBody =
        (scheme.proof() == Proof.HMAC || scheme.proof() == Proof.PUBLIC_KEY)
            && scheme.signed().contents().stream()
                .allMatch(content -> content.template().contains("{body"));
    if (signsBody) {
      assertThat(believed.body).as(described(believed)).isEqualTo(genuine.body);
    }
  }

  private static String secretOf(WebhookScheme scheme, String value) {
    return value.strip().substring(scheme.format().prefix().length());
  }

  private static Parts genuine(SchemeVector vector) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    vector.headers().forEach(headers::add);
    return new Parts(vector.method(), vector.url(), headers, vector.body().getBytes(UTF_8));
  }

  private static Parts damaged(Parts parts, Random random) {
    Parts damaged = parts;
    for (int times = 1 + random.nextInt(3); times > 0; times--) {
      damaged =
          switch (random.nextInt(8)) {
            case 0, 1, 2 -> withHeaders(damaged, random);
            case 3 -> withQuery(damaged, random);
            case 4 ->
                new Parts(
                    damaged.method.equals("GET") ? "POST" : "GET",
                    damaged.url,
                    damaged.headers,
                    damaged.body);
            default ->
                new Parts(damaged.method, damaged.url, damaged.headers, body(damaged.body, random));
          };
    }
    return damaged;
  }

  private static Parts withHeaders(Parts parts, Random random) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().addAll(parts.headers);
    List<String> names = new ArrayList<>(headers.names());
    if (names.isEmpty()) {
      return parts;
    }
    String name = names.get(random.nextInt(names.size()));
    String value = headers.get(name);
    switch (random.nextInt(6)) {
      case 0 -> headers.remove(name);
      case 1 -> headers.add(name, value);
      case 2 -> headers.set(name, value.repeat(1 + random.nextInt(300)));
      case 3 ->
          headers.set(
              "Content-Type",
              random.nextBoolean() ? "application/x-www-form-urlencoded" : "application/json");
      default -> headers.set(name, damaged(value, random));
    }
    return new Parts(parts.method, parts.url, headers, parts.body);
  }

  private static Parts withQuery(Parts parts, Random random) {
    int at = parts.url.indexOf('?');
    String query = damaged(at < 0 ? "a=b" : parts.url.substring(at + 1), random);
    // What has no two digits behind a % is refused before it gets here.
    String sent = OutgoingBody.encoded(query).replace("%3D", "=").replace("%26", "&");
    return new Parts(
        parts.method,
        (at < 0 ? parts.url : parts.url.substring(0, at)) + "?" + sent,
        parts.headers,
        parts.body);
  }

  private static byte[] body(byte[] body, Random random) {
    String text = new String(body, UTF_8);
    return switch (random.nextInt(9)) {
      case 0 -> new byte[0];
      case 1 -> text.getBytes(UTF_16);
      case 2 -> Arrays.copyOf(body, random.nextInt(body.length + 1));
      case 3 -> ("[".repeat(999) + text + "]".repeat(999)).getBytes(UTF_8);
      case 4 -> ("{\"a\":".repeat(2000) + text).getBytes(UTF_8);
      case 5 -> flipped(body, random);
      case 6 ->
          text.replaceAll("\"[^\"]*\"", random.nextBoolean() ? "1e999999999" : "null")
              .getBytes(UTF_8);
      default -> damaged(text, random).getBytes(UTF_8);
    };
  }

  private static byte[] flipped(byte[] body, Random random) {
    byte[] flipped = body.clone();
    for (int times = random.nextInt(4); times >= 0 && flipped.length > 0; times--) {
      flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return flipped;
  }

  private static String damaged(String value, Random random) {
    StringBuilder damaged = new StringBuilder(value);
    for (int times = 1 + random.nextInt(3); times > 0; times--) {
      int at = random.nextInt(damaged.length() + 1);
      int end = Math.min(damaged.length(), at + random.nextInt(6));
      switch (random.nextInt(5)) {
        case 0 -> damaged.insert(at, PIECES[random.nextInt(PIECES.length)]);
        case 1 -> damaged.delete(at, end);
        case 2 -> damaged.replace(at, end, PIECES[random.nextInt(PIECES.length)]);
        case 3 -> damaged.insert(at, (char) random.nextInt(0x10000));
        default -> damaged.insert(at, damaged.substring(at, end));
      }
    }
    return damaged.toString();
  }

  private static WebhookRequest request(SchemeVector vector, Parts parts) {
    String base = "https://hub.example";
    String uri =
        parts.url.startsWith(base)
            ? parts.url.substring(base.length())
            : URI.create(parts.url).getRawPath();
    return new WebhookRequest(
        parts.method,
        uri,
        parts.headers,
        MultiMap::caseInsensitiveMultiMap,
        parts.body,
        base,
        vector.described().payload().form());
  }

  private static String described(Parts parts) {
    return parts.method
        + " "
        + parts.url
        + " "
        + parts.headers
        + "\n"
        + new String(parts.body, UTF_8);
  }
}
