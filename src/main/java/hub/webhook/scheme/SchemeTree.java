package hub.webhook.scheme;

import hub.util.Json;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads the YAML of a scheme's file as JSON has it: maps with texts for names, lists, texts,
 * numbers, booleans. Refuses what is larger or deeper than any scheme, before it takes memory or
 * stack.
 */
final class SchemeTree {
  private static final int MOST_CHARACTERS = 64 * 1024;
  private static final int MOST_DEPTH = 20;
  private static final int MOST_DIGITS = 50;

  private static final LoadSettings SETTINGS =
      LoadSettings.builder()
          .setCodePointLimit(MOST_CHARACTERS)
          .setMaxAliasesForCollections(0) // a few lines of them stand for millions
          .build();

  private SchemeTree() {}

  /**
   * @throws IllegalArgumentException with the fault, as the end of a sentence
   */
  static Object of(String content) {
    if (content.length() > MOST_CHARACTERS) {
      throw new IllegalArgumentException(
          "is longer than " + MOST_CHARACTERS + " characters; leave out what no scheme needs");
    }
    try {
      requireShallow(content);
      Object tree = new Load(SETTINGS).loadFromString(content);
      requireJson(tree);
      return Json.plain(Json.own(Json.text(tree)));
    } catch (YamlEngineException e) {
      throw new IllegalArgumentException(
          "is not YAML: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""), e);
    }
  }

  /** The loader goes down by recursion, the parser does not. */
  private static void requireShallow(String content) {
    int depth = 0;
    for (Event event : new Parse(SETTINGS).parseString(content)) {
      switch (event.getEventId()) {
        case MappingStart, SequenceStart -> depth++;
        case MappingEnd, SequenceEnd -> depth--;
        default -> {}
      }
      if (depth > MOST_DEPTH) {
        throw new IllegalArgumentException("nests deeper than " + MOST_DEPTH + " levels");
      }
    }
  }

  private static void requireJson(Object value) {
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (name, member) -> {
            if (!(name instanceof String)) {
              throw new IllegalArgumentException(
                  "has the name " + name + ", which is no text; put it in quotes");
            }
            requireJson(name);
            requireJson(member);
          });
    } else if (value instanceof List<?> list) {
      list.forEach(SchemeTree::requireJson);
    } else if (value instanceof Number && value.toString().length() > MOST_DIGITS) {
      throw new IllegalArgumentException("has a number of more than " + MOST_DIGITS + " digits");
    } else if (value instanceof String text && !isUnicode(text)) {
      throw new IllegalArgumentException("has half of a character; write it whole");
    }
  }

  private static boolean isUnicode(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }
}
