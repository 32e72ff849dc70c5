package hub.webhook.scheme;

import com.jayway.jsonpath.JsonPathException;
import hub.util.JsonField;
import hub.webhook.verify.SchemePaths;
import hub.webhook.verify.WebhookScheme;
import java.util.ArrayList;
import java.util.List;

/** Finds JSONPaths of a scheme that cannot be read. */
final class SchemePathFaults {
  /** Reading a path goes down by recursion, and takes a while for each of its steps. */
  private static final int MOST_CHARACTERS = 300;

  private SchemePathFaults() {}

  static List<String> of(WebhookScheme scheme) {
    List<String> faults = new ArrayList<>();
    for (SchemePaths.Path path : SchemePaths.of(scheme)) {
      if (path.text().length() > MOST_CHARACTERS) {
        faults.add(
            path.member()
                + ": a JSONPath has more than "
                + MOST_CHARACTERS
                + " characters; write a shorter one");
      } else if (!isReadable(path.text())) {
        faults.add(
            path.member()
                + ": '"
                + path.text()
                + "' is no JSONPath; write one such as $.data.id or $['x y'][0]");
      }
    }
    return faults.stream().distinct().toList();
  }

  private static boolean isReadable(String path) {
    try {
      return new JsonField(path) != null;
    } catch (JsonPathException e) {
      return false;
    }
  }
}
