package hub.trial;

import hub.inbox.InboxVariables;
import hub.util.Json;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Exchange;

/** What {@code kamelet:alert-source} gives its route, made of what a test says of the alert. */
record AlertMessage(Map<String, Object> fields) {
  static AlertMessage of(Map<String, Object> given, Clock clock) {
    Object name = given.get("type");
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("name", name);
    all.put("state", "firing");
    all.put("severity", "warning");
    all.put("summary", name + " fires.");
    all.put("detail", "");
    all.put("value", 1);
    all.put("since", Json.time(clock.instant()));
    given.forEach((field, value) -> all.put(field.equals("type") ? "name" : field, value));
    all.putIfAbsent("title", "[" + all.get("state") + "] " + name + ": " + all.get("summary"));
    all.putIfAbsent("text", all.get("summary"));
    return new AlertMessage(all);
  }

  byte[] body() {
    return Json.bytes(fields);
  }

  void setVariables(Exchange exchange) {
    exchange.setVariable("alertName", fields.get("name"));
    exchange.setVariable("alertState", fields.get("state"));
    exchange.setVariable("alertSeverity", fields.get("severity"));
    exchange.setVariable("alertSummary", fields.get("summary"));
    exchange.setVariable("alertValue", fields.get("value"));
    exchange.setVariable(InboxVariables.EVENT_ID, fields.get("name") + "/" + fields.get("state"));
    exchange.setVariable(InboxVariables.TYPE, fields.get("state"));
    exchange.setVariable(InboxVariables.ORDERING_KEY, fields.get("name"));
  }
}
