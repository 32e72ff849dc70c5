package hub.webhook.verify;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A place in a request that holds one text: {@code header:NAME}, {@code query:NAME}, {@code
 * form:NAME}, or a JSONPath of the body. Thread-safe.
 *
 * @param name the header, parameter or field, or the whole JSONPath
 */
record Place(Kind kind, String name) {
  static final String HEADER = "header:";
  static final String QUERY = "query:";
  static final String FORM = "form:";

  enum Kind {
    HEADER("header "),
    QUERY("query parameter "),
    FORM("form field "),
    JSON("");

    private final String title;

    Kind(String title) {
      this.title = title;
    }
  }

  /**
   * @throws IllegalArgumentException when the expression is none of these
   */
  static Place of(String expression) {
    return parse(expression)
        .orElseThrow(() -> new IllegalArgumentException("'" + expression + "' is no place"));
  }

  /** Empty when the expression is none of these. */
  static Optional<Place> parse(String expression) {
    if (expression.startsWith("$")) {
      return Optional.of(new Place(Kind.JSON, expression));
    }
    for (Kind kind : List.of(Kind.HEADER, Kind.QUERY, Kind.FORM)) {
      String prefix = kind.name().toLowerCase(Locale.ROOT) + ":";
      if (expression.startsWith(prefix)) {
        String name = expression.substring(prefix.length());
        boolean valid = kind == Kind.HEADER ? EventFields.isHeaderName(name) : !name.isBlank();
        return valid ? Optional.of(new Place(kind, name)) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** For messages, such as {@code header X-Signature}. */
  String title() {
    return kind.title + name;
  }

  /** Whether what is here depends on the event, where a body holds several. */
  boolean isInBody() {
    return kind == Kind.JSON;
  }

  /**
   * The text, stripped; empty when it is absent or blank.
   *
   * @throws WebhookRejectedException {@link RejectionReason#SIGNATURE_MALFORMED} when it is given
   *     more than once, because different programs may read different ones
   */
  Optional<String> read(SignedRequest request) throws WebhookRejectedException {
    return switch (kind) {
      case HEADER -> request.header(name);
      case QUERY -> single(request.query().apply(name));
      case FORM -> single(request.details().form(name));
      case JSON -> request.details().json(name).filter(text -> !text.isBlank());
    };
  }

  /**
   * The text.
   *
   * @throws WebhookRejectedException {@link RejectionReason#SIGNATURE_MISSING} when it is absent or
   *     blank; else as {@link #read}
   */
  String required(SignedRequest request) throws WebhookRejectedException {
    Optional<String> text = read(request);
    if (text.isEmpty()) {
      throw new WebhookRejectedException(
          RejectionReason.SIGNATURE_MISSING, title() + " is missing");
    }
    return text.get();
  }

  /**
   * The text as it is, for what is signed; empty when it is absent.
   *
   * @throws WebhookRejectedException as {@link #read}
   */
  Optional<String> raw(SignedRequest request) throws WebhookRejectedException {
    List<String> values =
        switch (kind) {
          case QUERY -> request.query().apply(name);
          case FORM -> request.details().form(name);
          case HEADER -> request.header(name).map(List::of).orElse(List.of());
          case JSON -> request.details().json(name).map(List::of).orElse(List.of());
        };
    if (values == null || values.isEmpty()) {
      return Optional.empty();
    }
    requireOne(values);
    return Optional.of(values.get(0));
  }

  private void requireOne(List<String> values) throws WebhookRejectedException {
    if (values.size() > 1) {
      throw new WebhookRejectedException(
          RejectionReason.SIGNATURE_MALFORMED, title() + " is given more than once");
    }
  }

  private Optional<String> single(List<String> values) throws WebhookRejectedException {
    if (values == null || values.isEmpty() || values.get(0).isBlank()) {
      return Optional.empty();
    }
    requireOne(values);
    return Optional.of(values.get(0).strip());
  }
}
