package hub.call.http;

import hub.call.policy.Providers;
import hub.config.Setting;
import hub.config.Settings;
import hub.util.HubClock;
import hub.webhook.HubSchemeTools;
import hub.webhook.OutgoingWebhook;
import hub.webhook.scheme.KeyCache;
import hub.webhook.scheme.SchemeFiles;
import hub.webhook.verify.SchemeOptions;
import hub.webhook.verify.SchemeTools;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.Signer;
import hub.webhook.verify.SigningSchemes;
import hub.webhook.verify.WebhookRejectedException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.support.CamelContextHelper;

/**
 * Signs requests as a webhook scheme describes it; in a test of routes, whose secrets are made up,
 * it signs nothing. Thread-safe.
 *
 * @param scheme name of the scheme; {@code none}: nothing is signed
 * @param secret name of the property or variable with the secrets, comma-separated
 */
record RequestSignature(String scheme, String secret) {
  /** Signs nothing. */
  static final String NONE = "none";

  /** Signatures of several secrets stand in one header, with a blank between them. */
  private static final String STANDARD = "standard-webhooks";

  private static final String CONTENT_TYPE = "Content-Type";

  boolean isNone() {
    return NONE.equals(scheme);
  }

  private boolean isOff(CamelContext context) {
    return isNone() || HttpStub.isIn(context);
  }

  /**
   * Checks the scheme, and the secrets where they are set.
   *
   * @throws IllegalArgumentException with the remedy, and without the secrets
   */
  void require(CamelContext context) {
    if (isOff(context)) {
      return;
    }
    Tools with = Tools.of(context);
    SigningSchemes.fault(with.schemes(), scheme)
        .ifPresent(
            fault -> {
              throw new IllegalArgumentException("sign: " + fault);
            });
    if (secret.isBlank()) {
      throw new IllegalArgumentException(
          "sign: "
              + scheme
              + " needs 'signSecret', the name of the property or variable that holds the secret;"
              + " or write sign: none");
    }
    List<String> secrets = secrets(with);
    if (!secrets.isEmpty()) {
      try {
        with.schemes()
            .of(
                SchemeOptions.of(scheme),
                secrets,
                with.settings().count(Setting.SECRETS_MIN_BYTES),
                with.tools());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(secret + ": " + e.getMessage(), e);
      }
    }
  }

  private List<String> secrets(Tools with) {
    return with.settings()
        .named(secret)
        .map(list -> with.schemes().split(scheme, list))
        .orElse(List.of());
  }

  /**
   * The headers that sign a request as it is now; to be asked for at every attempt, as they hold
   * the time. With several secrets, as while one is being replaced: a signature of each where the
   * scheme permits that, else of the first.
   *
   * @param request with the bytes that are sent
   * @param id of the message, the same at every attempt
   * @param type the event's type; may be empty
   */
  Map<String, String> headers(
      CamelContext context, OutgoingWebhook request, String id, String type) {
    if (isOff(context)) {
      return Map.of();
    }
    Tools with = Tools.of(context);
    List<String> secrets = secrets(with);
    if (secrets.isEmpty()) {
      throw new IllegalStateException(secret + " holds no secret to sign with");
    }
    Map<String, String> all = new LinkedHashMap<>();
    for (String one : STANDARD.equals(scheme) ? secrets : secrets.subList(0, 1)) {
      signed(with, request, one, id, type)
          .forEach(
              (name, value) ->
                  all.merge(
                      name,
                      value,
                      (first, second) -> first.equals(second) ? first : first + " " + second));
    }
    return all;
  }

  private Map<String, String> signed(
      Tools with, OutgoingWebhook request, String oneSecret, String id, String type) {
    OutgoingWebhook signed =
        new OutgoingWebhook(
            request.method(), request.url(), request.headers().get(CONTENT_TYPE), request.body());
    try {
      new Signer(
              with.schemes().named(scheme).orElseThrow(), oneSecret, Optional.empty(), with.tools())
          .sign(signed, id, type, with.tools().clock().instant());
    } catch (WebhookRejectedException e) {
      throw new IllegalStateException("the request cannot be signed: " + e.getMessage(), e);
    }
    Map<String, String> headers = new LinkedHashMap<>(signed.headers());
    headers.remove(CONTENT_TYPE);
    // Where no event says its type, the header of the route counts.
    headers.values().removeIf(String::isBlank);
    return headers;
  }

  /** What the hub has for signing. */
  private record Tools(Schemes schemes, Settings settings, SchemeTools tools) {
    static Tools of(CamelContext context) {
      Settings settings =
          CamelContextHelper.mandatoryLookup(context, Providers.BEAN, Providers.class).settings();
      return new Tools(
          new Schemes(
              CamelContextHelper.mandatoryLookup(context, SchemeFiles.BEAN, SchemeFiles.class)),
          settings,
          new HubSchemeTools(
              HubClock.of(context),
              settings,
              CamelContextHelper.mandatoryLookup(context, KeyCache.BEAN, KeyCache.class)));
    }
  }
}
