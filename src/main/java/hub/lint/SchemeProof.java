package hub.lint;

import static java.util.stream.Collectors.joining;

import hub.webhook.verify.PublicKeyForm;
import hub.webhook.verify.SecretForm;
import hub.webhook.verify.WebhookScheme;
import hub.webhook.verify.WebhookScheme.Content;
import hub.webhook.verify.WebhookScheme.Format;
import hub.webhook.verify.WebhookScheme.Places;
import hub.webhook.verify.WebhookScheme.Proof;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Says how a scheme proves its sender.
 *
 * @param furtherVariables names of the variables that the scheme needs besides its secret's
 */
record SchemeProof(WebhookScheme scheme, List<String> furtherVariables) {
  /** The hub's own, which the Kamelet {@code webhook-source} tells too. */
  private static final int DEFAULT_TOLERANCE_SECONDS = 300;

  private static final String PLACEHOLDERS = "../../reference/schemes.md#placeholders";

  /** A template beyond this length gets lines of its own. */
  private static final int LONG = 100;

  /** The kind of proof in a word or two. */
  String kind() {
    return switch (scheme.proof()) {
      case HMAC -> "HMAC-" + scheme.signed().algorithm().toUpperCase(Locale.ROOT);
      case PUBLIC_KEY ->
          scheme.signed().algorithms().stream()
              .map(one -> SchemeWords.algorithm(one.name()))
              .collect(joining(" or "));
      case JWT -> "JWT " + scheme.signed().algorithm().toUpperCase(Locale.ROOT);
      case TOKEN -> "token";
      case BASIC -> "user and password";
      case NONE -> "none";
    };
  }

  /** How far the signed time may lie from now; {@code none} when no time is signed. */
  String tolerance() {
    if (scheme.proof() == Proof.JWT) {
      return "the token's";
    }
    return scheme.places().get(0).timestamp().isEmpty() ? "none" : seconds() + " s";
  }

  private int seconds() {
    int own = scheme.signed().toleranceSeconds();
    return own > 0 ? own : DEFAULT_TOLERANCE_SECONDS;
  }

  /** The rows of the page's table, each a title and a text. */
  List<List<String>> rows() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("scheme", Reference.code(scheme.name())));
    rows.add(List.of("proof", proof()));
    rows.add(List.of("where it is", where()));
    rows.add(List.of("[what is signed](" + PLACEHOLDERS + ")", signed()));
    rows.add(List.of("signed time", time()));
    if (!scheme.payload().replayKey().isEmpty()) {
      rows.add(
          List.of(
              "good once",
              Reference.code(scheme.payload().replayKey())
                  + "; with another event it is `signature-mismatch`"));
    }
    if (!scheme.claims().isEmpty()) {
      rows.add(List.of("claims of the token", claims()));
    }
    if (scheme.secret().kind() != SecretForm.Kind.NONE) {
      rows.add(List.of("secret", secret()));
    }
    if (!key().isEmpty()) {
      rows.add(List.of("public key", key()));
    }
    String find = scheme.secret().where() + scheme.keys().where();
    if (!find.isEmpty()) {
      rows.add(List.of("where you find it", find));
    }
    if (!furtherVariables.isEmpty()) {
      rows.add(
          List.of(
              "further variables",
              furtherVariables.stream().map(Reference::code).collect(joining(", "))));
    }
    return rows;
  }

  private String proof() {
    String encoding = ", " + SchemeWords.encoding(scheme.format().encoding());
    return switch (scheme.proof()) {
      case HMAC -> kind() + " made with the secret" + encoding;
      case PUBLIC_KEY -> "signature by " + algorithms() + encoding;
      case JWT ->
          "JSON Web Token, signed by " + scheme.signed().algorithm().toUpperCase(Locale.ROOT);
      case TOKEN -> "the secret itself";
      case BASIC -> "user and password (`Authorization: Basic`)";
      case NONE -> "none";
    };
  }

  private String algorithms() {
    return scheme.signed().algorithms().stream()
        .map(
            one ->
                SchemeWords.algorithm(one.name())
                    + (one.when().isEmpty() ? "" : " where " + SchemeWords.condition(one.when())))
        .collect(joining(", else "));
  }

  private String where() {
    return scheme.places().stream()
        .map(Places::signature)
        .map(SchemeWords::place)
        .map(this::within)
        .collect(joining("; or "));
  }

  private String within(String place) {
    Format format = scheme.format();
    String after =
        format.prefix().isBlank() || scheme.proof() == Proof.BASIC
            ? ""
            : ", after " + Reference.code(format.prefix().strip());
    if (format.field().isEmpty()) {
      return place + after;
    }
    if (format.assign().isEmpty()) {
      return "parts "
          + Reference.code(format.field())
          + " of "
          + place
          + ", a list separated by "
          + Reference.code(format.separator())
          + " and counted from 0";
    }
    return "each "
        + Reference.code(format.field() + format.assign() + "…")
        + " in "
        + place
        + ", a list separated by "
        + (format.separator().equals(" ") ? "spaces" : Reference.code(format.separator()));
  }

  private String signed() {
    return switch (scheme.proof()) {
      case TOKEN, BASIC, NONE -> "nothing";
      case JWT ->
          scheme.signed().contents().stream()
              .map(Content::digest)
              .findFirst()
              .map(
                  digest ->
                      "the token; "
                          + SchemeWords.place(digest.in())
                          + " is the body's "
                          + hash(digest.algorithm()))
              .orElse("the token alone, not the body");
      case HMAC, PUBLIC_KEY ->
          isSignedLong()
              ? "see [below](#what-is-signed)"
              : content(scheme.signed().contents().get(0));
    };
  }

  /** Whether what is signed needs lines of its own, those of {@link #signedInFull}. */
  boolean isSignedLong() {
    List<Content> contents = scheme.signed().contents();
    return contents.size() > 1 || contents.stream().anyMatch(one -> one.template().length() > LONG);
  }

  /** The templates one by one, in Markdown. */
  String signedInFull() {
    return scheme.signed().contents().stream()
        .map(
            one ->
                (one.when().isEmpty()
                        ? scheme.signed().contents().size() > 1 ? "Else" : "Always"
                        : "Where " + SchemeWords.condition(one.when()))
                    + digest(one)
                    + ":\n\n```text\n"
                    + one.template().stripTrailing()
                    + "\n```\n")
        .collect(joining("\n"));
  }

  private static String content(Content content) {
    return Reference.code(content.template()) + digest(content);
  }

  private static String digest(Content content) {
    return content.digest().in().isEmpty()
        ? ""
        : ", and "
            + SchemeWords.place(content.digest().in())
            + " is the body's "
            + hash(content.digest().algorithm());
  }

  private static String hash(String algorithm) {
    return algorithm.toUpperCase(Locale.ROOT).replace("SHA", "SHA-");
  }

  private String time() {
    if (scheme.proof() == Proof.JWT) {
      return "`exp` and `nbf` of the token, or `iat`, at most " + seconds() + " s from now";
    }
    List<String> places =
        scheme.places().stream().map(Places::timestamp).distinct().map(SchemeWords::place).toList();
    return scheme.places().get(0).timestamp().isEmpty()
        ? "none; a request that somebody copied can be sent again, and is known as long as its id is"
        : String.join("; or ", places)
            + ", "
            + SchemeWords.unit(scheme.signed().timestampUnit())
            + ", at most "
            + seconds()
            + " s from now";
  }

  private String claims() {
    return scheme.claims().entrySet().stream()
        .map(
            claim ->
                Reference.code(claim.getKey())
                    + " is "
                    + (claim.getValue().startsWith("{{")
                        ? "the value of " + Reference.code(claim.getValue().replaceAll("[{}]", ""))
                        : Reference.code(claim.getValue())))
        .sorted()
        .collect(joining(", "));
  }

  private String secret() {
    SecretForm form = scheme.secret();
    StringBuilder text = new StringBuilder(Reference.code(form.variable()));
    text.append(
        switch (form.kind()) {
          case USER_AND_PASSWORD -> ", as `user:password`";
          case BASE64 -> ", base64";
          case HEX -> ", hexadecimal";
          case TEXT, NONE -> "";
        });
    if (!form.prefix().isEmpty()) {
      text.append(", with or without ").append(Reference.code(form.prefix()));
    }
    if (form.hashed()) {
      text.append("; its SHA-1 is the key");
    }
    if (form.minBytes() > 0) {
      text.append("; at least ").append(form.minBytes()).append(" bytes");
    }
    return text.toString();
  }

  /** Empty when there is none. */
  private String key() {
    PublicKeyForm keys = scheme.keys();
    if (!keys.variable().isEmpty()) {
      return Reference.code(keys.variable()) + ": PEM, base64 or hexadecimal";
    }
    if (keys.url().isEmpty()) {
      return "";
    }
    return keys.hosts().isEmpty()
        ? "fetched from " + Reference.code(keys.url())
        : "fetched from the address in "
            + SchemeWords.place(keys.url().replaceAll("^\\{|}$", ""))
            + ", at "
            + keys.hosts().stream().map(Reference::code).collect(joining(" or "))
            + " alone";
  }
}
