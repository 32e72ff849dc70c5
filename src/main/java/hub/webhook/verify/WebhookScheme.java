package hub.webhook.verify;

import java.util.List;
import java.util.Map;

/**
 * How one sender proves its webhooks, and where their fields are: plain data, written as a file
 * {@code NAME.scheme.yaml}, from which requests are verified ({@link Schemes#of}) and signed
 * ({@link Signer}), and which the lint, the fields of events and the reference pages read.
 *
 * @param name as routes write it
 * @param places where the signature is; several when a sender may use other names for the same
 *     headers, of which the first complete ones count. Empty places are filled by the route
 * @param format how the text in the signature's place is written
 * @param signed what the signature covers
 * @param keys of public-key and jwt; {@link PublicKeyForm#NONE} for other proofs
 * @param claims of a JSON Web Token: names with the only value that is taken; may hold {@code
 *     {{NAME}}}
 * @param event where the event's fields are; without an id when the route must say it
 * @param variables further variables for handlers of the scheme's events: names, each with the
 *     JSONPath of its value in the body
 * @param options names of the {@link SchemeOptions} that a route may set besides those for every
 *     scheme; with {@code signatureHeader} among them, the route must name the place
 */
public record WebhookScheme(
    String name,
    About about,
    Proof proof,
    List<Places> places,
    Format format,
    Signed signed,
    SecretForm secret,
    PublicKeyForm keys,
    Map<String, String> claims,
    Payload payload,
    EventFields event,
    Map<String, String> variables,
    Responses responses,
    List<String> options,
    List<Sample> samples) {

  /** What a request shows to prove its sender. */
  public enum Proof {
    /** An HMAC made with the secret. */
    HMAC,
    /** The secret itself. */
    TOKEN,
    /** User and password, as {@code Authorization: Basic}. */
    BASIC,
    /** A signature that the sender's public key confirms. */
    PUBLIC_KEY,
    /** A JSON Web Token, RFC 7519. */
    JWT,
    /** Nothing. */
    NONE
  }

  /**
   * For people.
   *
   * @param title the sender's name as it writes it
   * @param description one or two sentences, in Markdown
   * @param docs address of the sender's documentation, or of the standard; may be empty
   * @param notes what is not verified, and what an engineer must know; may be empty
   */
  public record About(String title, String description, String docs, String notes) {}

  /**
   * Places in a request, as {@link Place} reads them, or {@code field:NAME} of the signature's own
   * text; empty: there is none.
   *
   * @param timestamp of the signed time
   * @param id of the signed id
   */
  public record Places(String signature, String timestamp, String id) {
    static final Places NONE = new Places("", "", "");
    static final String FIELD = "field:";

    /** Name of the field with the signed time; empty when it is elsewhere. */
    String timestampField() {
      return timestamp.startsWith(FIELD) ? timestamp.substring(FIELD.length()) : "";
    }

    /** The places that a route names for a scheme that has none of its own. */
    private static Places of(SchemeOptions options, boolean identified) {
      return new Places(
          options.signatureQuery().isEmpty()
              ? Place.HEADER + options.signatureHeader()
              : Place.QUERY + options.signatureQuery(),
          options.timestampHeader().isEmpty() ? "" : Place.HEADER + options.timestampHeader(),
          identified ? options.eventId() : "");
    }
  }

  /**
   * How the text in the signature's place is written.
   *
   * @param prefix before the signature or the token
   * @param encoding {@code hex}, {@code base64} or {@code base64url}
   * @param field the field with the signature, when the text is a list of fields such as {@code
   *     t=1,v1=ab}; every one of that name counts; may hold {@code {{NAME}}}. Empty: the whole text
   *     is the signature
   * @param separator between fields, one character
   * @param assign between a field's name and its value, one character
   */
  public record Format(
      String prefix, String encoding, String field, String separator, String assign) {}

  /**
   * What the signature covers.
   *
   * @param algorithms of which the first counts whose condition holds; none without a signature
   * @param contents likewise; none without a signature
   * @param timestampUnit how the time is written: {@code seconds}, {@code millis} or {@code
   *     iso8601}
   * @param toleranceSeconds how far that time may lie from now; 0: {@link
   *     TimestampTolerance#DEFAULT_SECONDS}
   */
  public record Signed(
      List<Algorithm> algorithms,
      List<Content> contents,
      String timestampUnit,
      int toleranceSeconds) {
    static final Signed NOTHING = new Signed(List.of(), List.of(), "", 0);

    public Signed {
      algorithms = List.copyOf(algorithms);
      contents = List.copyOf(contents);
    }

    /** The algorithm that a sender without conditions uses; empty when nothing is signed. */
    public String algorithm() {
      return algorithms.isEmpty() ? "" : algorithms.get(algorithms.size() - 1).name();
    }

    /** The template that a sender without conditions signs; empty when nothing is signed. */
    public String content() {
      return contents.isEmpty() ? "" : contents.get(contents.size() - 1).template();
    }

    /** Whether any template needs this placeholder. */
    boolean uses(String placeholder) {
      return contents.stream().anyMatch(one -> one.template().contains(placeholder));
    }
  }

  /**
   * An algorithm and when it counts.
   *
   * @param when as {@link Condition} reads it; empty: always
   */
  public record Algorithm(String when, String name) {}

  /**
   * What is signed, and when.
   *
   * @param when as {@link Condition} reads it; empty: always
   * @param template as {@link Template} reads it
   */
  public record Content(String when, String template, Digest digest) {}

  /**
   * A hash of the body that is signed in place of the body.
   *
   * @param in where it is, or {@code claim:NAME} of a token; empty: there is none
   * @param algorithm {@code sha256}, {@code sha1} or {@code sha512}
   */
  public record Digest(String in, String algorithm, String encoding) {
    static final Digest NONE = new Digest("", "", "");
  }

  /**
   * How events lie in a body.
   *
   * @param each JSONPath of the events within one body; empty: the body is one event
   * @param form name of the form's field that holds the JSON; empty: the body is the JSON
   * @param replayKey JSONPath of a token that is good once; empty: there is none
   */
  public record Payload(String each, String form, String replayKey) {
    public static final Payload WHOLE = new Payload("", "", "");
  }

  /**
   * How requests are answered.
   *
   * @param handshakes requests that are answered and not stored; the first that matches counts
   * @param stored what a stored event is answered with; {@link Answer#DEFAULT}: the hub's own
   * @param refused what a request without its proof is answered with; {@link Answer#DEFAULT}: the
   *     reason's own
   * @param silentForms whether forms are answered without a body, because the sender shows a person
   *     what it is answered
   */
  public record Responses(
      List<Handshake> handshakes, Answer stored, Answer refused, boolean silentForms) {
    public Responses {
      handshakes = List.copyOf(handshakes);
    }

    /** Whether the hub signs for anybody what looks like a challenge. */
    public boolean isOracle() {
      return handshakes.stream()
          .anyMatch(one -> one.oracle() && !one.verified() && one.checks().isEmpty());
    }

    /** Whether the sender asks with GET. */
    public boolean takesGet() {
      return handshakes.stream().anyMatch(one -> one.method().equals("GET"));
    }
  }

  /**
   * A request by which a sender makes sure of the address.
   *
   * @param method {@code GET} or {@code POST}
   * @param when conditions as {@link Condition} reads them; all must hold
   * @param checks places with the template that each must equal; a proof in place of the signature;
   *     none: the signature
   * @param verified false: answered without a proof
   * @param oracle whether an answer with an HMAC may be given without a proof
   */
  public record Handshake(
      String method,
      List<String> when,
      Map<String, String> checks,
      boolean verified,
      boolean oracle,
      Answer answer) {
    public Handshake {
      when = List.copyOf(when);
      checks = Map.copyOf(checks);
    }
  }

  /**
   * An answer.
   *
   * @param body template; its values are escaped where the content type is JSON
   */
  public record Answer(int status, String contentType, String body) {
    public static final Answer DEFAULT = new Answer(0, "", "");
  }

  /**
   * An event to try out a source with.
   *
   * @param headers templates by name
   * @param body template
   */
  public record Sample(String type, String contentType, Map<String, String> headers, String body) {
    public Sample {
      headers = Map.copyOf(headers);
    }
  }

  public WebhookScheme {
    places = List.copyOf(places);
    claims = Map.copyOf(claims);
    variables = Map.copyOf(variables);
    options = List.copyOf(options);
    samples = List.copyOf(samples);
  }

  /** One or two sentences for people, in Markdown. */
  public String description() {
    return about.description;
  }

  /** Address of the sender's documentation; may be empty. */
  public String docs() {
    return about.docs;
  }

  /**
   * Name of the variable that holds secrets or keys where a route names none; empty: the route must
   * name it, or there is none.
   */
  public String variable() {
    return keys.variable().isEmpty() ? secret.variable() : keys.variable();
  }

  /** Whether a source without a secret or a key of its own verifies nothing. */
  public boolean needsSecret() {
    return secret.kind() != SecretForm.Kind.NONE || !keys.variable().isEmpty();
  }

  /** Whether each event of a body carries its own proof. */
  public boolean provesElements() {
    return !payload.each.isEmpty()
        && (places.get(0).signature().startsWith("$")
            || signed.contents().stream().anyMatch(content -> content.template().contains("{$")));
  }

  /** Whether the route names the place of the signature or the token. */
  boolean isPlacedByRoute() {
    return options.contains("signatureHeader");
  }

  /** This scheme with a route's parameters, which have no faults, in place of its own values. */
  WebhookScheme overriddenBy(SchemeOptions route) {
    boolean identified = signed.uses("{id}") || route.signedContent().contains("{id}");
    return new WebhookScheme(
        name,
        about,
        proof,
        isPlacedByRoute() ? List.of(Places.of(route, identified)) : places,
        new Format(
            orElse(route.signaturePrefix(), format.prefix),
            orElse(route.encoding(), format.encoding),
            format.field,
            format.separator,
            format.assign),
        new Signed(
            route.algorithm().isEmpty()
                ? signed.algorithms
                : List.of(new Algorithm("", route.algorithm())),
            route.signedContent().isEmpty()
                ? signed.contents
                : List.of(new Content("", route.signedContent(), Digest.NONE)),
            orElse(route.timestampUnit(), signed.timestampUnit),
            signed.toleranceSeconds),
        secret,
        keys,
        claims,
        new Payload(orElse(route.each(), payload.each), payload.form, payload.replayKey),
        event.overriddenBy(route),
        variables,
        responses,
        options,
        samples);
  }

  private static String orElse(String option, String own) {
    return option.isEmpty() ? own : option;
  }
}
