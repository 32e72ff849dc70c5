package hub.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.util.Json;
import hub.webhook.verify.EventFields;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Makes a small JSON body with the fields that a source reads. */
final class SampleBody {
  private static final Pattern PLAIN_PATH = Pattern.compile("\\$(\\.[A-Za-z_][A-Za-z0-9_-]*)+");

  private SampleBody() {}

  /**
   * @throws CommandFailedException when the source reads the id from an expression that is no plain
   *     path
   */
  static byte[] of(EventFields fields, String id, String type) {
    ObjectNode body = Json.object();
    put(body, fields.orderingKey(), "sample");
    put(body, fields.eventType(), type);
    boolean fromHeader =
        fields.eventId().stream().anyMatch(one -> one.startsWith("header:") || one.equals("hash"));
    if (!put(body, fields.eventId(), id) && !fromHeader) {
      throw CommandFailedException.wrongUsage(
          "No sample can be made up for an id at "
              + String.join(", ", fields.eventId())
              + "; give a FILE with the body.");
    }
    return Json.bytes(body.put("sample", true));
  }

  /** Sets the value at the first expression that is a plain path; false when none is. */
  private static boolean put(ObjectNode body, List<String> expressions, String value) {
    Optional<String> path =
        expressions.stream().filter(one -> PLAIN_PATH.matcher(one).matches()).findFirst();
    path.ifPresent(
        one -> {
          String[] names = one.substring(2).split("\\.", -1);
          ObjectNode here = body;
          for (int i = 0; i < names.length - 1; i++) {
            here = here.withObjectProperty(names[i]);
          }
          here.put(names[names.length - 1], value);
        });
    return path.isPresent();
  }
}
