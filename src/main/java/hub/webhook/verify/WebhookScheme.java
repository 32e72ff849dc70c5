package hub.webhook.verify;

import java.util.List;
import java.util.Map;

/**
 * How one sender proves its webhooks, and where their fields are: plain data from which requests
 * are verified ({@link Schemes#of}) and signed ({@link Signer}), and which the lint, the fields of
 * events and the reference page read. Each sender's is in a class of its own, such as {@link
 * SlackScheme}.
 *
 * @param name as routes write it
 * @param description one or two sentences for the reference page, in Markdown
 * @param docs address of the sender's documentation, or of the standard
 * @param places where the signature is; several when a sender may use other names for the same
 *     headers, of which the first complete ones count. Empty places are filled by the route
 * @param format how the text in the signature's place is written
 * @param signed what the signature covers; empty unless the proof is an HMAC
 * @param event where the event's fields are; without an id when the route must say it
 * @param variables further variables for handlers of the scheme's events: names, each with the
 *     JSONPath of its value in the body
 * @param options names of the {@link SchemeOptions} that a route may set besides those for every
 *     scheme; with {@code signatureHeader} among them, the route must name the place
 * @param silentForms whether forms are answered without a body, because the sender shows a person
 *     what it is answered
 */
public record WebhookScheme(
    String name,
    String description,
    String docs,
    Proof proof,
    List<Places> places,
    Format format,
    Signed signed,
    SecretForm secret,
    EventFields event,
    Map<String, String> variables,
    List<String> options,
    boolean silentForms) {

  /** What a request shows to prove its sender. */
  public enum Proof {
    /** An HMAC made with the secret. */
    HMAC,
    /** The secret itself. */
    TOKEN,
    /** The secret itself, as {@code Authorization: Bearer}. */
    BEARER,
    /** User and password, as {@code Authorization: Basic}. */
    BASIC,
    /** Nothing. */
    NONE
  }

  /**
   * Places in a request: {@code header:NAME}, {@code query:NAME}, or {@code field:NAME} of the
   * signature's own text; empty: there is none.
   *
   * @param timestamp of the signed time
   * @param id of the signed id
   */
  public record Places(String signature, String timestamp, String id) {
    static final Places NONE = new Places("", "", "");
    private static final String FIELD = "field:";

    static Places inHeader(String name) {
      return new Places(EventFields.HEADER + name, "", "");
    }

    /** Name of the field with the signed time; empty when it is elsewhere. */
    String timestampField() {
      return timestamp.startsWith(FIELD) ? timestamp.substring(FIELD.length()) : "";
    }

    /** The places that a route names for a scheme that has none of its own. */
    private static Places of(SchemeOptions options, boolean identified) {
      return new Places(
          options.signatureQuery().isEmpty()
              ? EventFields.HEADER + options.signatureHeader()
              : ProofLocation.QUERY + options.signatureQuery(),
          options.timestampHeader().isEmpty() ? "" : EventFields.HEADER + options.timestampHeader(),
          identified ? options.eventId() : "");
    }
  }

  /**
   * How the text in the signature's place is written.
   *
   * @param prefix before the signature or the token
   * @param encoding {@code hex} or {@code base64}
   * @param field the field with the signature, when the text is a list of fields such as {@code
   *     t=1,v1=ab}; every one of that name counts. Empty: the whole text is the signature
   * @param separator between fields, one character
   * @param assign between a field's name and its value, one character
   */
  public record Format(
      String prefix, String encoding, String field, String separator, String assign) {
    static Format whole(String prefix, String encoding) {
      return new Format(prefix, encoding, "", "", "");
    }

    static Format fields(String field, String separator, String assign, String encoding) {
      return new Format("", encoding, field, separator, assign);
    }
  }

  /**
   * What the signature covers.
   *
   * @param algorithm {@code sha256}, {@code sha1} or {@code sha512}
   * @param content template over <code>{id}</code>, <code>{timestamp}</code> and <code>{body}
   *     </code>
   * @param timestampUnit how the time is written: {@code seconds}, {@code millis} or {@code
   *     iso8601}
   */
  public record Signed(String algorithm, String content, String timestampUnit) {
    static final Signed NOTHING = new Signed("", "", "");

    static Signed bySha256(String content) {
      return new Signed("sha256", content, "seconds");
    }
  }

  public WebhookScheme {
    places = List.copyOf(places);
    variables = Map.copyOf(variables);
    options = List.copyOf(options);
  }

  /** Whether a source without a secret verifies nothing. */
  boolean needsSecret() {
    return secret.kind() != SecretForm.Kind.NONE;
  }

  /** Whether the route names the place of the signature or the token. */
  boolean isPlacedByRoute() {
    return options.contains("signatureHeader");
  }

  /** This scheme with a route's parameters, which have no faults, in place of its own values. */
  WebhookScheme overriddenBy(SchemeOptions route) {
    String content = orElse(route.signedContent(), signed.content);
    return new WebhookScheme(
        name,
        description,
        docs,
        proof,
        isPlacedByRoute() ? List.of(Places.of(route, content.contains("{id}"))) : places,
        new Format(
            orElse(route.signaturePrefix(), format.prefix),
            orElse(route.encoding(), format.encoding),
            format.field,
            format.separator,
            format.assign),
        new Signed(
            orElse(route.algorithm(), signed.algorithm),
            content,
            orElse(route.timestampUnit(), signed.timestampUnit)),
        secret,
        event.overriddenBy(route),
        variables,
        options,
        silentForms);
  }

  private static String orElse(String option, String own) {
    return option.isEmpty() ? own : option;
  }
}
