package hub.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.inbox.db.EventState;
import hub.inbox.db.TypePattern;
import hub.util.Form;
import hub.util.Json;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The parameters or JSON fields of a request. Faults are collected while they are read, and {@link
 * #refuseFaults} reports all of them. Not thread-safe.
 */
final class RequestFields {
  /** Databases support times of these years, and no event is older or younger. */
  private static final int FIRST_YEAR = 1970;

  private static final int LAST_YEAR = 9999;

  /** Fields whose values come from the hub's own answers: any text is allowed. */
  private static final Set<String> VERBATIM = Set.of("error");

  private static final String TYPES = "type";

  private static final char REPLACEMENT = '\uFFFD';

  private final Map<String, String> texts = new LinkedHashMap<>();
  private final Map<String, Boolean> flags = new LinkedHashMap<>();
  private final Map<String, String> faults = new LinkedHashMap<>();

  private RequestFields() {}

  /**
   * @param rawQuery the query string without the question mark, or null
   * @param known names of the allowed parameters
   */
  static RequestFields ofQuery(String rawQuery, Set<String> known) {
    RequestFields fields = new RequestFields();
    for (Map.Entry<String, String> pair : Form.pairs(rawQuery)) {
      Optional<String> name = decoded(pair.getKey());
      Optional<String> value = decoded(pair.getValue());
      if (name.filter(known::contains).isEmpty()) {
        fields.fault(name.orElse(pair.getKey()), "unknown parameter");
      } else if (value.isEmpty()) {
        fields.fault(name.get(), "not percent-encoded UTF-8");
      } else if (fields.texts.containsKey(name.get())) {
        fields.fault(name.get(), "given more than once");
      } else {
        fields.addText(name.get(), value.get());
      }
    }
    return fields;
  }

  /**
   * @param texts names of the allowed strings
   * @param flags names of the allowed booleans
   */
  static RequestFields ofJson(byte[] body, Set<String> texts, Set<String> flags) {
    RequestFields fields = new RequestFields();
    Optional<JsonNode> json = Json.parse(body).filter(JsonNode::isObject);
    if (json.isEmpty()) {
      fields.fault("the body", "not a JSON object of UTF-8 with unique names");
      return fields;
    }
    json.get()
        .properties()
        .forEach(
            field -> {
              String name = field.getKey();
              JsonNode value = field.getValue();
              if (texts.contains(name)) {
                fields.addJsonText(name, value);
              } else if (!flags.contains(name)) {
                fields.fault(name, "unknown field");
              } else if (!value.isBoolean()) {
                fields.fault(name, "not true or false");
              } else {
                fields.flags.put(name, value.booleanValue());
              }
            });
    return fields;
  }

  private static Optional<String> decoded(String text) {
    try {
      String decoded = URLDecoder.decode(text, StandardCharsets.UTF_8);
      // The decoder writes this character for bytes that are not UTF-8.
      boolean broken =
          decoded.indexOf(REPLACEMENT) >= 0 && !text.toUpperCase(Locale.ROOT).contains("%EF%BF%BD");
      return broken ? Optional.empty() : Optional.of(decoded);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private void addJsonText(String name, JsonNode value) {
    if (value.isNull()) {
      return;
    }
    if (!value.isTextual()) {
      fault(name, "not a string");
    } else {
      addText(name, value.textValue());
    }
  }

  /** An empty value is refused: it could mean all or none. */
  private void addText(String name, String value) {
    if (VERBATIM.contains(name)) {
      if (value.indexOf('\0') >= 0) {
        fault(name, "has a control character");
      }
      texts.put(name, value);
    } else if (value.isBlank()) {
      fault(name, "empty; leave it out");
    } else if (value.chars().anyMatch(Character::isISOControl)) {
      fault(name, "has a control character");
    } else {
      // A space at the end of a pattern may be escaped, so patterns are not stripped.
      texts.put(name, name.equals(TYPES) ? value : value.strip());
    }
  }

  /** Records a fault; only the first of each name is kept. */
  void fault(String name, String what) {
    faults.putIfAbsent(name, what);
  }

  Optional<String> text(String name) {
    return Optional.ofNullable(texts.get(name));
  }

  /** All texts, as JSON. */
  ObjectNode json() {
    ObjectNode json = Json.object();
    texts.forEach(json::put);
    return json;
  }

  /** Type patterns, at least one if the field is given. */
  Optional<String> types() {
    Optional<String> patterns = text(TYPES);
    if (patterns.filter(given -> TypePattern.all(given).isEmpty()).isPresent()) {
      fault(TYPES, "names no type");
    }
    return patterns;
  }

  boolean flag(String name) {
    return flags.getOrDefault(name, false);
  }

  Optional<EventState> state(String name) {
    Optional<EventState> state = text(name).flatMap(EventState::of);
    if (text(name).isPresent() && state.isEmpty()) {
      String states =
          Arrays.stream(EventState.values())
              .map(EventState::text)
              .collect(Collectors.joining(", "));
      fault(name, "not one of " + states);
    }
    return state;
  }

  /** A time with its zone, or a day, which means midnight UTC. */
  Optional<Instant> time(String name) {
    if (text(name).isEmpty()) {
      return Optional.empty();
    }
    String text = text(name).get();
    try {
      OffsetDateTime time =
          text.contains("T")
              ? OffsetDateTime.parse(text)
              : LocalDate.parse(text).atStartOfDay().atOffset(ZoneOffset.UTC);
      if (time.getYear() >= FIRST_YEAR && time.getYear() <= LAST_YEAR) {
        return Optional.of(time.toInstant());
      }
      fault(name, "a year before " + FIRST_YEAR + " or after " + LAST_YEAR);
    } catch (DateTimeException e) {
      fault(
          name,
          "not an ISO 8601 time with its zone such as 2026-01-31T12:00:00Z (in an address, write +"
              + " as %2B), nor a day such as 2026-01-31");
    }
    return Optional.empty();
  }

  /** A whole number from {@code least} to {@code most}. */
  int count(String name, int least, int most, int defaultValue) {
    String text = text(name).orElse(Integer.toString(defaultValue));
    try {
      int count = Integer.parseInt(text);
      if (count >= least && count <= most) {
        return count;
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    fault(name, "not a whole number from " + least + " to " + most);
    return defaultValue;
  }

  Optional<UUID> cursor(String name) {
    Optional<UUID> id = text(name).flatMap(Cursor::read);
    if (text(name).isPresent() && id.isEmpty()) {
      fault(name, "not a nextCursor of an earlier answer");
    }
    return id;
  }

  /**
   * @throws ProblemException 400 {@code payload-invalid} with every fault and its name
   */
  void refuseFaults() {
    if (!faults.isEmpty()) {
      List<String> sentences = new ArrayList<>();
      faults.forEach((name, what) -> sentences.add(name + ": " + what));
      throw new ProblemException(
          Problem.of(400, "payload-invalid", String.join(". ", sentences) + "."));
    }
  }
}
