package hub.lint;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** A node of a YAML file (map, list or text) with its line. Immutable. */
final class YamlTree {
  /** Deeper than any route; stops at an anchor that contains itself. */
  private static final int MAX_DEPTH = 100;

  /** An entry of a map, with the location of its key. */
  record Entry(String key, Location location, YamlTree value) {}

  private final Location location;
  private final String text;
  private final List<YamlTree> items;
  private final List<Entry> entries;
  private final Tag tag;

  private YamlTree(Location location, String text, List<YamlTree> items, List<Entry> entries) {
    this(location, text, items, entries, Tag.STR);
  }

  private YamlTree(
      Location location, String text, List<YamlTree> items, List<Entry> entries, Tag tag) {
    this.location = location;
    this.text = text;
    this.items = items;
    this.entries = entries;
    this.tag = tag;
  }

  /** Parses a file; syntax errors are added to {@code faults}. */
  static Optional<YamlTree> parse(String file, String content, Faults faults) {
    try {
      Optional<Node> root =
          new Compose(LoadSettings.builder().setLabel(file).setAllowNonScalarKeys(true).build())
              .composeString(content);
      if (root.isEmpty()) {
        faults.error(Location.of(file), "the file is empty", "write a route or delete it");
        return Optional.empty();
      }
      return Optional.of(tree(file, root.get(), faults, 0));
    } catch (MarkedYamlEngineException e) {
      boolean isOpen = e.getProblem().contains("end of stream");
      faults.error(
          location(
              file,
              (isOpen ? e.getContextMark() : e.getProblemMark())
                  .or(e::getProblemMark)
                  .or(e::getContextMark)),
          "is not YAML: " + e.getProblem(),
          remedy(e.getProblem()));
    } catch (YamlEngineException e) {
      faults.error(Location.of(file), "is not YAML: " + e.getMessage(), "write it anew");
    }
    return Optional.empty();
  }

  private static String remedy(String problem) {
    if (problem.contains("TAB") || problem.contains("'\\t'")) {
      return "indent with spaces";
    }
    if (problem.contains("end of stream")) {
      return "close the quote or bracket that is opened here";
    }
    if (problem.contains("undefined alias")) {
      return "put a text that starts with * in quotes, or define the anchor";
    }
    if (problem.contains("another document")) {
      return "one file holds one document: delete the line '---'";
    }
    if (problem.contains("cannot start any token")) {
      return "put a text that starts with such a sign in quotes";
    }
    return "check the indentation, and quote a text that contains ': '";
  }

  private static YamlTree tree(String file, Node node, Faults faults, int depth) {
    Location location = location(file, node.getStartMark());
    if (depth > MAX_DEPTH) {
      faults.error(location, "is nested too deep", "drop the anchor that contains itself");
      return new YamlTree(location, "", null, null);
    }
    if (node instanceof MappingNode map) {
      return new YamlTree(location, null, null, entries(file, map, faults, depth));
    }
    if (node instanceof SequenceNode list) {
      return new YamlTree(
          location,
          null,
          list.getValue().stream().map(item -> tree(file, item, faults, depth + 1)).toList(),
          null);
    }
    ScalarNode scalar = (ScalarNode) node;
    return new YamlTree(
        location,
        scalar.getTag().equals(Tag.NULL) ? null : scalar.getValue(),
        null,
        null,
        scalar.getTag());
  }

  private static List<Entry> entries(String file, MappingNode map, Faults faults, int depth) {
    List<Entry> entries = new ArrayList<>();
    Map<String, Location> seen = new HashMap<>();
    for (NodeTuple tuple : map.getValue()) {
      Location location = location(file, tuple.getKeyNode().getStartMark());
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        faults.error(location, "a key is a list or a map", "quote it if it starts with [ or {");
        continue;
      }
      Location first = seen.putIfAbsent(key.getValue(), location);
      if (first != null) {
        faults.error(
            location,
            "'" + key.getValue() + "' stands twice, first in line " + first.line(),
            "delete one");
        continue;
      }
      entries.add(
          new Entry(key.getValue(), location, tree(file, tuple.getValueNode(), faults, depth + 1)));
    }
    return List.copyOf(entries);
  }

  private static Location location(String file, Optional<Mark> mark) {
    return mark.map(at -> new Location(file, at.getLine() + 1, at.getColumn() + 1))
        .orElse(Location.of(file));
  }

  Location location() {
    return location;
  }

  boolean isMap() {
    return entries != null;
  }

  boolean isList() {
    return items != null;
  }

  /** Whether it is a text, number or boolean. */
  boolean isText() {
    return text != null;
  }

  /** Whether the key has no value. */
  boolean isEmpty() {
    return text == null && items == null && entries == null;
  }

  /** The text as written; empty for a map or list. */
  String text() {
    return text == null ? "" : text;
  }

  /** As JSON would hold it: maps, lists, texts, numbers, booleans; null for no value. */
  Object value() {
    if (isMap()) {
      Map<String, Object> map = new LinkedHashMap<>();
      entries.forEach(entry -> map.put(entry.key(), entry.value().value()));
      return map;
    }
    if (isList()) {
      return items.stream().map(YamlTree::value).collect(Collectors.toCollection(ArrayList::new));
    }
    if (text == null || tag.equals(Tag.STR)) {
      return text;
    }
    if (tag.equals(Tag.BOOL)) {
      return Boolean.valueOf(text);
    }
    try {
      return tag.equals(Tag.INT) ? number(new BigInteger(text)) : new BigDecimal(text);
    } catch (NumberFormatException e) {
      // Such as .inf, which JSON does not have.
      return text;
    }
  }

  private static Number number(BigInteger whole) {
    if (whole.bitLength() < Integer.SIZE) {
      return whole.intValue();
    }
    return whole.bitLength() < Long.SIZE ? (Number) whole.longValue() : whole;
  }

  /** The elements of a list; none for a map or text. */
  List<YamlTree> items() {
    return items == null ? List.of() : items;
  }

  /** The entries of a map; none for a list or text. */
  List<Entry> entries() {
    return entries == null ? List.of() : entries;
  }

  Optional<Entry> entry(String key) {
    return entries().stream().filter(entry -> entry.key().equals(key)).findFirst();
  }

  Optional<YamlTree> get(String key) {
    return entry(key).map(Entry::value);
  }

  /** The value at the end of a path of keys. */
  Optional<YamlTree> at(String... path) {
    Optional<YamlTree> here = Optional.of(this);
    for (String key : path) {
      here = here.flatMap(tree -> tree.get(key));
    }
    return here;
  }

  /** The text of {@code key}; empty when there is none. */
  String text(String key) {
    return get(key).map(YamlTree::text).orElse("");
  }
}
