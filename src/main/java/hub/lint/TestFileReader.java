package hub.lint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Turns the tree of a file of tests into tests. Adds every fault to {@link Faults}. */
final class TestFileReader {
  /** Of one test. */
  static final Set<String> KEYS = Set.of("name", "given", "stubs", "then", "effects", "settings");

  static final Set<String> EFFECTS = Set.of("once", "at-least-once");

  private final Faults faults;

  TestFileReader(Faults faults) {
    this.faults = faults;
  }

  /** The tests of the file; one with a fault may be incomplete. */
  List<TestCase> read(Path file, YamlTree tree) {
    if (!tree.isList()) {
      faults.error(tree.location(), "a file of tests is a list", "start with '- name:'");
      return List.of();
    }
    TestNodes nodes = new TestNodes(file, faults);
    GivenReader given = new GivenReader(nodes);
    StubReader stubs = new StubReader(nodes);
    ThenReader then = new ThenReader(nodes);
    List<TestCase> tests = new ArrayList<>();
    Map<String, Location> seen = new TreeMap<>();
    for (YamlTree item : tree.items()) {
      if (!nodes.isMap(item, "a test")) {
        continue;
      }
      nodes.known(item, KEYS);
      tests.add(
          new TestCase(
              file,
              item.location().toString(),
              name(item, seen),
              given.read(item),
              stubs.read(item),
              then.read(item),
              TestNodes.texts(item.get("settings")),
              atLeastOnce(item)));
    }
    return tests;
  }

  /**
   * @param seen the names of the tests before; this one is added
   */
  private String name(YamlTree item, Map<String, Location> seen) {
    String name = item.text("name");
    if (name.isBlank()) {
      faults.error(item.location(), "the test has no name", "write 'name:' and one sentence");
    }
    Location first = seen.putIfAbsent(name, item.location());
    if (first != null) {
      faults.error(
          item.location(), "the name is that of line " + first.line() + ", too", "rename one");
    }
    return name;
  }

  private boolean atLeastOnce(YamlTree item) {
    Optional<YamlTree> effects = item.get("effects");
    if (effects.isPresent() && !EFFECTS.contains(effects.get().text())) {
      faults.error(
          effects.get().location(),
          "effects: '" + effects.get().text() + "' is neither once nor at-least-once",
          "leave it out, or write at-least-once");
    }
    return effects.filter(value -> value.text().equals("at-least-once")).isPresent();
  }
}
