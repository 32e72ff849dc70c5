package hub.lint;

import hub.config.Settings;
import hub.config.Variable;
import hub.config.VariableReader;
import hub.config.Variables;
import hub.lint.RouteFiles.RouteFile;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Checks the files {@code routes/<folder>/variables.yaml}: each declaration, that no two folders
 * declare one name otherwise, and that what is required is set.
 */
final class VariableFileRules {
  private final Settings settings;
  private final Faults faults;
  private final Map<String, Declaration> first = new LinkedHashMap<>();
  private final Set<String> replaced = new HashSet<>();

  private record Declaration(Variable variable, Location location) {}

  VariableFileRules(Settings settings, Faults faults) {
    this.settings = settings;
    this.faults = faults;
  }

  void check(RouteFile file, YamlTree tree) {
    if (!tree.isMap()) {
      faults.error(
          tree.location(),
          "is no map of variables",
          "write NAME: and below it 'kind' and 'description'");
      return;
    }
    String folder = file.path().getParent().getFileName().toString();
    tree.entries().forEach(entry -> check(folder, entry));
  }

  private void check(String folder, YamlTree.Entry entry) {
    YamlTree written = entry.value();
    VariableReader.Declaration read = VariableReader.read(folder, entry.key(), written.value());
    for (VariableReader.Complaint complaint : read.complaints()) {
      boolean unknown =
          !complaint.field().isEmpty() && !VariableReader.FIELDS.contains(complaint.field());
      faults.error(
          written.entry(complaint.field()).map(YamlTree.Entry::location).orElse(entry.location()),
          "variable '" + entry.key() + "' " + complaint.what(),
          unknown ? Suggest.remedy(complaint.field(), VariableReader.FIELDS) : complaint.remedy());
    }
    read.variable().ifPresent(variable -> add(new Declaration(variable, entry.location())));
  }

  private void add(Declaration declaration) {
    Variable variable = declaration.variable();
    replaced.add(variable.folder() + "/" + variable.key());
    Declaration earlier = first.putIfAbsent(variable.key(), declaration);
    if (earlier != null && !earlier.variable().isLike(variable)) {
      tellOther(declaration, earlier.location().toString());
    }
    if (variable.isRequired() && isMissing(variable.key())) {
      faults.notSet(
          declaration.location(), variable.key() + " is not set", "set it: " + variable.meaning());
    }
  }

  private void tellOther(Declaration declaration, String where) {
    faults.error(
        declaration.location(),
        "variable '"
            + declaration.variable().key()
            + "' is declared with another kind or default by "
            + where,
        "declare it alike in both, or in one of them alone");
  }

  private boolean isMissing(String key) {
    try {
      return settings.named(key).isEmpty();
    } catch (RuntimeException e) {
      return false; // told with the settings
    }
  }

  /** Compares with the declarations of the jar, in whose place no file of that folder stands. */
  void checkShipped() {
    Variables.shipped().values().stream()
        .flatMap(variables -> variables.stream())
        .filter(shipped -> !replaced.contains(shipped.folder() + "/" + shipped.key()))
        .forEach(
            shipped -> {
              Declaration own = first.get(shipped.key());
              if (own != null && !own.variable().isLike(shipped)) {
                tellOther(own, "the hub's " + shipped.folder() + "/" + Variables.FILE);
              }
            });
  }
}
