package hub.cli;

import com.fasterxml.jackson.databind.node.TextNode;
import hub.config.Settings;
import hub.util.Form;
import hub.util.Json;
import hub.webhook.HubSchemeTools;
import hub.webhook.OutgoingWebhook;
import hub.webhook.scheme.KeyCache;
import hub.webhook.verify.Signer;
import hub.webhook.verify.WebhookRejectedException;
import hub.webhook.verify.WebhookScheme;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The test of a new source: a sample, signed with a secret of the test's own, is accepted. Where
 * only the sender can sign, a request without a signature is refused.
 *
 * @param scheme with the parameters of the source
 * @param variable of the secret or key; may be empty
 * @param further variables that the scheme reads
 */
record NewWebhookTest(NewName source, WebhookScheme scheme, String variable, Set<String> further) {
  private static final String HOST = "http://localhost:8080";
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
  private static final int BAD_REQUEST = 400;

  /** The file's text. */
  String text() {
    Map<String, String> settings = new TreeMap<>();
    further.forEach(name -> settings.put(name, "set-for-this-test"));
    Optional<KeyPair> pair = NewKeyPair.of(scheme);
    Optional<String> secret = NewSecret.ofTest(scheme);
    secret.ifPresent(value -> settings.put(variable, value));
    pair.ifPresent(keys -> settings.put(variable, NewKeyPair.publicHalf(keys)));
    boolean canSign =
        secret.isPresent() || pair.isPresent() || scheme.proof() == WebhookScheme.Proof.NONE;
    try {
      if (canSign) {
        return accepted(sample(settings, secret.orElse(""), pair), settings);
      }
    } catch (WebhookRejectedException
        | CommandFailedException
        | IllegalStateException
        | IllegalArgumentException e) {
      // It cannot be signed here, so the other test is written.
    }
    return refused(settings);
  }

  private OutgoingWebhook sample(
      Map<String, String> settings, String secret, Optional<KeyPair> pair)
      throws WebhookRejectedException {
    Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    HubSchemeTools tools =
        new HubSchemeTools(
            clock,
            new Settings(name -> Optional.ofNullable(settings.get(name))),
            new KeyCache(
                address -> {
                  throw new IOException("no keys are fetched");
                },
                clock));
    SendMessage.Event event =
        new SendMessage(scheme, Optional.empty(), Optional.of("1"), Optional.empty())
            .to(HOST + "/api/webhooks/" + source.text(), secret, NOW);
    new Signer(scheme, secret, pair.map(KeyPair::getPrivate), tools)
        .sign(event.message(), event.id(), event.type(), NOW);
    return event.message();
  }

  private String accepted(OutgoingWebhook sample, Map<String, String> settings) {
    settings.put("hub.public-url", HOST);
    URI uri = URI.create(sample.url());
    Map<String, String> query = new LinkedHashMap<>();
    Form.parse(uri.getRawQuery()).entries().forEach(one -> query.put(one.getKey(), one.getValue()));
    int status = scheme.responses().stored().status();
    return """
        - name: %s-webhook accepts a signed event
          settings:%s
          given:
            time: "%s"
            request:
              method: POST
              path: %s%s
              headers:%s
              body: %s
          then:
            answer: {status: %d}
        """
        .formatted(
            source.text(),
            map(settings, 4),
            NOW,
            uri.getRawPath(),
            query.isEmpty() ? "" : "\n      query:" + map(query, 8),
            map(sample.headers(), 8),
            quoted(new String(sample.body(), StandardCharsets.UTF_8)),
            status == 0 ? 200 : status);
  }

  private String refused(Map<String, String> settings) {
    int status = scheme.responses().refused().status();
    return """
        - name: %1$s-webhook refuses what is not signed
        %2$s  given:
            request:
              method: POST
              path: /api/webhooks/%1$s
              headers: {Content-Type: application/json}
              body: "{}"
          then:
            answer: {status: %3$d}
        """
        .formatted(
            source.text(),
            settings.isEmpty() ? "" : "  settings:" + map(settings, 4) + "\n",
            status == 0 ? BAD_REQUEST : status);
  }

  private static String map(Map<String, String> map, int indent) {
    StringBuilder lines = new StringBuilder();
    map.forEach(
        (name, value) ->
            lines
                .append("\n")
                .append(" ".repeat(indent))
                .append(name)
                .append(": ")
                .append(quoted(value)));
    return lines.toString();
  }

  private static String quoted(String text) {
    return Json.text(TextNode.valueOf(text));
  }
}
