package hub.dev;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.lint.Fault;
import hub.util.Json;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * How the last reload ended.
 *
 * @param at when; null: there was none
 * @param failed whether the running version differs from the files
 * @param faults why, each with its place; what was warned of when it did not fail
 * @param routes ids of the routes that were started anew
 */
record DevState(Instant at, boolean failed, List<Fault> faults, Set<String> routes) {
  static final DevState NONE = new DevState(null, false, List.of(), Set.of());

  ObjectNode json() {
    ObjectNode json = Json.object().put("dev", true).put("failed", failed);
    json.put("at", at == null ? null : Json.time(at));
    var list = json.putArray("faults");
    faults.forEach(
        fault ->
            list.addObject()
                .put("where", fault.where())
                .put("what", fault.what())
                .put("remedy", fault.remedy()));
    routes.forEach(json.putArray("routes")::add);
    return json;
  }
}
