package hub.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import hub.webhook.verify.RejectionReason;
import hub.webhook.verify.SignatureVerifier;
import hub.webhook.verify.WebhookRejectedException;
import hub.webhook.verify.WebhookScheme;
import hub.webhook.verify.WebhookScheme.Proof;
import io.vertx.core.MultiMap;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every shipped scheme refuses, by its vectors with one thing changed. */
class SchemeRefusalsTest {
  private static final Set<RejectionReason> NO_PROOF =
      EnumSet.of(RejectionReason.SIGNATURE_MALFORMED, RejectionReason.SIGNATURE_MISMATCH);

  /** Scheme, then reason, then how often it was told. */
  private static final Map<String, Map<String, Integer>> TABLE = new TreeMap<>();

  static Stream<SchemeVector> events() {
    return SchemeVector.all().filter(vector -> !vector.isHandshake());
  }

  @ParameterizedTest
  @MethodSource("events")
  void a_request_with_one_thing_changed_is_refused(SchemeVector vector) {
    note(vector, "origin " + vector.origin());
    accepted(vector);
    String place = vector.described().places().get(0).signature();
    if (place.startsWith("header:")) {
      headerIsChanged(vector, place.substring("header:".length()));
    } else if (place.startsWith("query:")) {
      queryIsChanged(vector, place.substring("query:".length()));
    }
    bodyIsChanged(vector);
    secretIsAnother(vector);
    timeIsAnother(vector);
  }

  private static void accepted(SchemeVector vector) {
    assertThat(reason(vector, vector.verifier(), vector.headers(), vector.url(), vector.body()))
        .isEmpty();
    note(vector, "accepted");
  }

  private static void headerIsChanged(SchemeVector vector, String header) {
    String name =
        vector.headers().keySet().stream()
            .filter(header::equalsIgnoreCase)
            .findFirst()
            .orElse(header);
    String value = vector.headers().get(name);
    if (value == null) {
      return; // a vector of the scheme's other headers
    }
    refused(vector, without(vector), Set.of(RejectionReason.SIGNATURE_MISSING));
    MultiMap twice = MultiMap.caseInsensitiveMultiMap();
    vector.headers().forEach(twice::add);
    twice.add(name, value);
    assertThat(
            reason(vector, vector.verifier(), vector.request(twice, vector.url(), vector.body())))
        .hasValue(RejectionReason.SIGNATURE_MALFORMED);
    note(vector, RejectionReason.SIGNATURE_MALFORMED.code());
    if (endsWithSignature(vector, value)) {
      refused(vector, with(vector, name, SchemeRefusalsTest::truncated), NO_PROOF);
      refused(vector, with(vector, name, text -> text + "00ff00ff"), NO_PROOF);
      refused(vector, with(vector, name, SchemeRefusalsTest::flipped), NO_PROOF);
    }
    refused(vector, with(vector, name, text -> "§§§"), NO_PROOF);
    refused(vector, with(vector, name, text -> "=" + "A".repeat(4000)), NO_PROOF);
  }

  /** Whether what is cut off at the end is not another field, which nobody reads. */
  private static boolean endsWithSignature(SchemeVector vector, String value) {
    WebhookScheme.Format format = vector.described().format();
    int last = format.field().isEmpty() ? 0 : value.lastIndexOf(format.separator()) + 1;
    return format.field().isEmpty()
        || format.assign().isEmpty()
        || value.substring(last).strip().startsWith(format.field() + format.assign());
  }

  private static void queryIsChanged(SchemeVector vector, String name) {
    String query = URI.create(vector.url()).getRawQuery();
    String bare = vector.url().substring(0, vector.url().indexOf('?'));
    for (Map.Entry<String, RejectionReason> changed :
        Map.of(
                bare,
                RejectionReason.SIGNATURE_MISSING,
                bare + "?" + query + "&" + query,
                RejectionReason.SIGNATURE_MALFORMED,
                bare + "?" + query + "x",
                RejectionReason.SIGNATURE_MISMATCH)
            .entrySet()) {
      assertThat(
              reason(vector, vector.verifier(), vector.headers(), changed.getKey(), vector.body()))
          .as(name)
          .hasValue(changed.getValue());
      note(vector, changed.getValue().code());
    }
  }

  private static void bodyIsChanged(SchemeVector vector) {
    if (!coversBody(vector)) {
      return;
    }
    byte[] letters = vector.body().getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < letters.length; i += Math.max(1, letters.length / 20)) {
      if (letters[i] > 0) {
        byte[] changed = letters.clone();
        changed[i] ^= 1;
        String body = new String(changed, StandardCharsets.UTF_8);
        Optional<RejectionReason> reason =
            reason(vector, vector.verifier(), vector.headers(), vector.url(), body);
        assertThat(reason).as(body).isPresent();
        note(vector, reason.get().code());
      }
    }
  }

  private static boolean coversBody(SchemeVector vector) {
    WebhookScheme scheme = vector.described();
    boolean signs = scheme.proof() == Proof.HMAC || scheme.proof() == Proof.PUBLIC_KEY;
    return signs
        && scheme.signed().contents().stream()
            .allMatch(
                content ->
                    content.template().contains("{body")
                        || content.template().contains("{form:sorted}")
                        || !content.digest().in().isEmpty());
  }

  private static void secretIsAnother(SchemeVector vector) {
    if (vector.secrets().isEmpty()) {
      return;
    }
    Optional<String> other = otherSecret(vector);
    if (other.isEmpty()) {
      return;
    }
    SignatureVerifier verifier = vector.verifier(List.of(other.get()), vector.now());
    assertThat(reason(vector, verifier, vector.headers(), vector.url(), vector.body()))
        .hasValue(RejectionReason.SIGNATURE_MISMATCH);
    note(vector, RejectionReason.SIGNATURE_MISMATCH.code());
  }

  /** Another secret of the same form; none for a public key. */
  private static Optional<String> otherSecret(SchemeVector vector) {
    WebhookScheme scheme = vector.described();
    String secret = vector.secrets().get(0);
    return switch (scheme.secret().kind()) {
      case NONE -> Optional.empty();
      case TEXT -> Optional.of("another secret " + secret);
      case USER_AND_PASSWORD -> Optional.of(secret + "x");
      case HEX -> Optional.of(HexFormat.of().formatHex(new byte[32]));
      case BASE64 ->
          Optional.of(scheme.secret().prefix() + Base64.getEncoder().encodeToString(new byte[32]));
    };
  }

  private static void timeIsAnother(SchemeVector vector) {
    if (vector.described().places().get(0).timestamp().isEmpty()) {
      return;
    }
    int own = vector.described().signed().toleranceSeconds();
    Duration far = Duration.ofSeconds(2L * (own == 0 ? 300 : own) + 120);
    assertTime(vector, vector.now().plus(far), RejectionReason.TIMESTAMP_TOO_OLD);
    assertTime(vector, vector.now().minus(far), RejectionReason.TIMESTAMP_IN_FUTURE);
  }

  private static void assertTime(SchemeVector vector, Instant now, RejectionReason expected) {
    SignatureVerifier verifier = vector.verifier(vector.secrets(), now);
    assertThat(reason(vector, verifier, vector.headers(), vector.url(), vector.body()))
        .hasValue(expected);
    note(vector, expected.code());
  }

  private static void refused(
      SchemeVector vector, Map<String, String> headers, Set<RejectionReason> expected) {
    Optional<RejectionReason> reason =
        reason(vector, vector.verifier(), headers, vector.url(), vector.body());
    assertThat(reason).as(headers.toString()).isPresent();
    assertThat(expected).as(headers.toString()).contains(reason.get());
    note(vector, reason.get().code());
  }

  private static Optional<RejectionReason> reason(
      SchemeVector vector,
      SignatureVerifier verifier,
      Map<String, String> headers,
      String url,
      String body) {
    return reason(vector, verifier, vector.request(headers, url, body));
  }

  private static Optional<RejectionReason> reason(
      SchemeVector vector, SignatureVerifier verifier, WebhookRequest request) {
    try {
      EventsReader.Read unused =
          new EventsReader(vector.described()).read(request, request.signed(), verifier);
      return Optional.empty();
    } catch (WebhookRejectedException e) {
      return Optional.of(e.reason());
    }
  }

  private static Map<String, String> without(SchemeVector vector) {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    headers.putAll(vector.headers());
    vector.described().places().forEach(one -> headers.remove(one.signature().substring(7)));
    return headers;
  }

  private static Map<String, String> with(
      SchemeVector vector, String header, UnaryOperator<String> change) {
    Map<String, String> headers = new LinkedHashMap<>(vector.headers());
    headers.computeIfPresent(header, (name, value) -> change.apply(value));
    return headers;
  }

  private static String truncated(String text) {
    return text.substring(0, text.length() - 5);
  }

  /** With another letter near the end, which is part of any signature. */
  private static String flipped(String text) {
    int at = text.length() - 6;
    char other = text.charAt(at) == 'a' ? 'b' : 'a';
    return text.substring(0, at) + other + text.substring(at + 1);
  }

  private static void note(SchemeVector vector, String what) {
    String family = vector.described().proof().name().toLowerCase(Locale.ROOT);
    TABLE
        .computeIfAbsent("%-18s %-10s".formatted(vector.scheme(), family), name -> new TreeMap<>())
        .merge(what, 1, Integer::sum);
  }

  @AfterAll
  static void print() {
    List<String> lines = new ArrayList<>();
    TABLE.forEach((scheme, counts) -> lines.add(scheme + " " + counts));
    System.out.println(String.join("\n", lines));
  }
}
