package hub.webhook.verify;

import hub.webhook.verify.WebhookScheme.Format;
import hub.webhook.verify.WebhookScheme.Places;
import hub.webhook.verify.WebhookScheme.Proof;
import hub.webhook.verify.WebhookScheme.Signed;
import java.util.List;
import java.util.Map;

/** The schemes of no particular sender. Their routes say where the event's id is. */
final class GenericSchemes {
  private static final EventFields EVENT =
      new EventFields(List.of(), List.of("'event'"), List.of());
  private static final Places AUTHORIZATION = Places.inHeader("Authorization");

  static final WebhookScheme HMAC =
      new WebhookScheme(
          "hmac",
          "Any sender that signs with an HMAC; the route says how.",
          "https://www.rfc-editor.org/rfc/rfc2104",
          Proof.HMAC,
          List.of(Places.NONE),
          Format.whole("", "hex"),
          Signed.bySha256("{body}"),
          SecretForm.TEXT,
          EVENT,
          Map.of(),
          List.of(
              "signatureHeader",
              "signatureQuery",
              "signaturePrefix",
              "algorithm",
              "encoding",
              "timestampHeader",
              "timestampUnit",
              "signedContent"),
          false);

  static final WebhookScheme TOKEN =
      new WebhookScheme(
          "token",
          "The secret itself, in a header or query parameter.",
          "",
          Proof.TOKEN,
          List.of(Places.NONE),
          Format.whole("", ""),
          Signed.NOTHING,
          SecretForm.TEXT,
          EVENT,
          Map.of(),
          List.of("signatureHeader", "signatureQuery", "signaturePrefix"),
          false);

  static final WebhookScheme BEARER =
      new WebhookScheme(
          "bearer",
          "The secret itself, as a bearer token.",
          "https://www.rfc-editor.org/rfc/rfc6750#section-2.1",
          Proof.BEARER,
          List.of(AUTHORIZATION),
          Format.whole("Bearer ", ""),
          Signed.NOTHING,
          SecretForm.TEXT,
          EVENT,
          Map.of(),
          List.of(),
          false);

  static final WebhookScheme BASIC =
      new WebhookScheme(
          "basic",
          "A user and a password; the secret is `user:password`.",
          "https://www.rfc-editor.org/rfc/rfc7617#section-2",
          Proof.BASIC,
          List.of(AUTHORIZATION),
          Format.whole("Basic ", "base64"),
          Signed.NOTHING,
          SecretForm.USER_AND_PASSWORD,
          EVENT,
          Map.of(),
          List.of(),
          false);

  static final WebhookScheme NONE =
      new WebhookScheme(
          "none",
          "Accepts every request, so the route must set `unsafe: true`.",
          "",
          Proof.NONE,
          List.of(Places.NONE),
          Format.whole("", ""),
          Signed.NOTHING,
          SecretForm.NONE,
          EVENT,
          Map.of(),
          List.of(),
          false);

  private GenericSchemes() {}
}
