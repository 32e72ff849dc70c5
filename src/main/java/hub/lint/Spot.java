package hub.lint;

import java.util.ArrayList;
import java.util.List;

/**
 * An entry of a YAML file and where it stands.
 *
 * @param path the keys that lead to it, the outermost first, without its own
 * @param owner the map that holds it
 * @param entry key, location and value
 */
record Spot(List<String> path, YamlTree owner, YamlTree.Entry entry) {
  /** Where a Kamelet describes its parameters, with examples that nothing runs. */
  private static final List<String> DESCRIBED = List.of("spec", "definition");

  /** Every entry in the tree, from top to bottom. */
  static List<Spot> in(YamlTree tree) {
    List<Spot> all = new ArrayList<>();
    collect(tree, List.of(), all);
    return all;
  }

  private static void collect(YamlTree tree, List<String> path, List<Spot> all) {
    tree.items().forEach(item -> collect(item, path, all));
    for (YamlTree.Entry entry : tree.entries()) {
      all.add(new Spot(path, tree, entry));
      List<String> below = new ArrayList<>(path);
      below.add(entry.key());
      if (below.equals(DESCRIBED)) {
        continue;
      }
      collect(entry.value(), List.copyOf(below), all);
    }
  }

  String key() {
    return entry.key();
  }

  /** Its text; empty for a map or a list. */
  String text() {
    return entry.value().text();
  }

  Location location() {
    return entry.location();
  }

  /** The key around it; empty at the top. */
  String under() {
    return path.isEmpty() ? "" : path.get(path.size() - 1);
  }

  /** Whether its text is known before the hub runs. */
  boolean isLiteral() {
    return entry.value().isText() && !text().contains("{{") && !text().contains("${");
  }

  /** Every text in it: its own, or those of its list. */
  List<YamlTree> texts() {
    return entry.value().isList()
        ? entry.value().items().stream().filter(YamlTree::isText).toList()
        : entry.value().isText() ? List.of(entry.value()) : List.of();
  }
}
