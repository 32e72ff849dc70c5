package hub.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import hub.config.Settings;
import hub.util.Json;
import hub.webhook.scheme.KeyCache;
import hub.webhook.verify.KeyAddress;
import hub.webhook.verify.SchemeTools;
import hub.webhook.verify.VerificationKey;
import hub.webhook.verify.WebhookRejectedException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What schemes need of the hub. Thread-safe.
 *
 * @param keys fetches public keys
 */
public record HubSchemeTools(Clock clock, Settings settings, KeyCache keys) implements SchemeTools {
  @Override
  public Optional<String> variable(String name) {
    return settings.named(name);
  }

  @Override
  public Optional<Map<String, List<String>>> members(byte[] json) {
    return Json.parse(json).filter(JsonNode::isObject).map(HubSchemeTools::members);
  }

  private static Map<String, List<String>> members(JsonNode object) {
    Map<String, List<String>> members = new LinkedHashMap<>();
    object.forEachEntry(
        (name, value) -> {
          List<String> texts = new ArrayList<>();
          if (value.isArray()) {
            value.forEach(item -> texts.add(item.asText()));
          } else {
            texts.add(value.asText());
          }
          members.put(name, texts);
        });
    return members;
  }

  @Override
  public List<VerificationKey> keys(KeyAddress address, boolean again)
      throws WebhookRejectedException {
    return keys.keys(address, again);
  }

  @Override
  public void confirmed(KeyAddress address) {
    keys.confirmed(address);
  }
}
