package hub.lint;

import hub.lint.TestCase.Stub;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code stubs} of a test: the answers of steps, by the step's id. */
final class StubReader {
  /** Of one answer. */
  static final Set<String> KEYS =
      Set.of("body", "file", "headers", "status", "throw", "delayMillis", "idempotent");

  private final TestNodes nodes;
  private final Faults faults;

  StubReader(TestNodes nodes) {
    this.nodes = nodes;
    this.faults = nodes.faults();
  }

  /** The stubs of {@code item}, a test. */
  Map<String, List<Stub>> read(YamlTree item) {
    Map<String, List<Stub>> stubs = new LinkedHashMap<>();
    Optional<YamlTree> tree = item.get("stubs").filter(YamlTree::isMap);
    if (tree.isEmpty()) {
      item.get("stubs")
          .filter(given -> !given.isEmpty())
          .ifPresent(other -> nodes.isMap(other, "stubs"));
      return stubs;
    }
    for (YamlTree.Entry entry : tree.get().entries()) {
      YamlTree value = entry.value();
      List<YamlTree> answers = value.isList() ? value.items() : List.of(value);
      if (answers.isEmpty()) {
        faults.error(
            entry.location(), "the list of answers is empty", "write {} for an empty answer");
      }
      stubs.put(entry.key(), answers.stream().map(answer -> stub(entry, answer)).toList());
    }
    return stubs;
  }

  private Stub stub(YamlTree.Entry entry, YamlTree tree) {
    if (!tree.isEmpty() && nodes.isMap(tree, "the stub of '" + entry.key() + "'")) {
      nodes.known(tree, KEYS);
      nodes.mapAt(tree, "headers");
    }
    Object body = tree.get("body").map(YamlTree::value).orElse(null);
    Optional<byte[]> content = nodes.content(tree, "body");
    return new Stub(
        (tree.isEmpty() ? entry.location() : tree.location()).toString(),
        content.<Object>map(bytes -> new String(bytes, StandardCharsets.UTF_8)).orElse(body),
        TestNodes.texts(tree.get("headers")),
        (int) nodes.number(tree.get("status"), 100, 599, 200),
        tree.get("throw").map(YamlTree::text),
        nodes.number(tree.get("delayMillis"), 0, 86_400_000, 0),
        tree.text("idempotent").equals("true"));
  }
}
