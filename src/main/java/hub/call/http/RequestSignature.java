package hub.call.http;

import hub.config.Setting;
import hub.config.Settings;
import hub.webhook.OutgoingWebhook;
import hub.webhook.verify.SchemeOptions;
import hub.webhook.verify.SchemeTools;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.SecretForm;
import hub.webhook.verify.Signer;
import hub.webhook.verify.WebhookRejectedException;
import hub.webhook.verify.WebhookScheme;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Signs requests as a webhook scheme describes it. Thread-safe.
 *
 * @param scheme name of the scheme; {@code none}: nothing is signed
 * @param secret name of the property or variable with the secrets, comma-separated
 */
record RequestSignature(String scheme, String secret) {
  private static final String NONE = "none";

  /** Signatures of several secrets stand in one header, with a blank between them. */
  private static final String STANDARD = "standard-webhooks";

  boolean isNone() {
    return NONE.equals(scheme);
  }

  /**
   * Checks the scheme, and the secrets where they are set.
   *
   * @throws IllegalArgumentException with the remedy, and without the secrets
   */
  void require(Schemes schemes, Settings settings, SchemeTools tools) {
    if (isNone()) {
      return;
    }
    WebhookScheme described =
        schemes
            .named(scheme)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "sign: there is no scheme '" + scheme + "'; see the list of schemes"));
    if (isPrivate(described)) {
      throw new IllegalArgumentException(
          "sign: " + scheme + " signs with a private key, which is not supported here");
    }
    if (secret.isBlank()) {
      throw new IllegalArgumentException(
          "sign: "
              + scheme
              + " needs 'signSecret', the name of the property or variable that holds the secret;"
              + " or write sign: none");
    }
    List<String> secrets = secrets(schemes, settings);
    if (!secrets.isEmpty()) {
      try {
        schemes.of(
            SchemeOptions.of(scheme), secrets, settings.count(Setting.SECRETS_MIN_BYTES), tools);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(secret + ": " + e.getMessage(), e);
      }
    }
  }

  private List<String> secrets(Schemes schemes, Settings settings) {
    return settings.named(secret).map(list -> schemes.split(scheme, list)).orElse(List.of());
  }

  private static boolean isPrivate(WebhookScheme described) {
    return described.proof() == WebhookScheme.Proof.PUBLIC_KEY
        || (described.proof() == WebhookScheme.Proof.JWT
            && described.secret().kind() == SecretForm.Kind.NONE);
  }

  /**
   * The headers that sign a request. With several secrets, as while one is being replaced: a
   * signature of each where the scheme permits that, else of the first.
   *
   * @param id the event's id
   * @param type the event's type
   */
  Map<String, String> headers(
      Schemes schemes,
      Settings settings,
      SchemeTools tools,
      OutgoingWebhook message,
      String id,
      String type,
      Instant now) {
    Map<String, String> all = new LinkedHashMap<>();
    List<String> secrets = secrets(schemes, settings);
    for (String one : STANDARD.equals(scheme) ? secrets : secrets.subList(0, 1)) {
      OutgoingWebhook signed =
          new OutgoingWebhook(message.url(), message.headers().get("Content-Type"), message.body());
      try {
        new Signer(schemes.named(scheme).orElseThrow(), one, Optional.empty(), tools)
            .sign(signed, id, type, now);
      } catch (WebhookRejectedException e) {
        throw new IllegalStateException("the request cannot be signed: " + e.getMessage(), e);
      }
      signed
          .headers()
          .forEach(
              (name, value) ->
                  all.merge(
                      name,
                      value,
                      (first, second) -> first.equals(second) ? first : first + " " + second));
    }
    return all;
  }
}
