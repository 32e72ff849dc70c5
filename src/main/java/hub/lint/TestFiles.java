package hub.lint;

import hub.lint.RouteFiles.RouteFile;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;

/** Reads the tests of routes, {@code routes/**}{@code /*.test.yaml}. */
public final class TestFiles {
  private final FileNames names;

  /**
   * @param home the folder in which the hub runs; messages show paths relative to it
   */
  public TestFiles(Path home) {
    this.names = new FileNames(home);
  }

  /**
   * What a file holds.
   *
   * @param faults all of its faults; tests with faults are left out
   */
  public record Content(List<TestCase> tests, List<Fault> faults) {}

  /** All files of tests below {@code routesDir}, by path. */
  public List<Path> in(Path routesDir) {
    return new RouteFiles(routesDir, names)
        .find(new Faults()).stream()
            .filter(file -> file.kind() == RouteFiles.Kind.TEST)
            .map(RouteFile::path)
            .toList();
  }

  /** Reads one file. */
  public Content read(Path file) {
    Faults faults = new Faults();
    RouteFile named = new RouteFile(file, names.of(file), RouteFiles.Kind.TEST);
    List<TestCase> tests =
        RouteFiles.read(named, faults)
            .flatMap(text -> YamlTree.parse(named.name(), text, faults))
            .map(tree -> new TestFileReader(faults).read(file, tree))
            .orElse(List.of());
    return new Content(faults.hasErrorIn(named.name()) ? List.of() : tests, faults.sorted());
  }

  /** The known word that {@code written} probably means, as the remedy of a message. */
  public static String suggest(String written, Collection<String> known) {
    return Suggest.remedy(written, known);
  }
}
