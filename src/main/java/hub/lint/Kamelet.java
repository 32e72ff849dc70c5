package hub.lint;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The definition of a Kamelet.
 *
 * @param name as in {@code kamelet:name}
 * @param title one line
 * @param description what it does
 * @param parameters by name, in the order of its file
 * @param beans the names of those that its template makes for itself
 * @param route its template, with {@code from}
 */
record Kamelet(
    String name,
    String title,
    String description,
    Map<String, Parameter> parameters,
    List<String> beans,
    YamlTree route) {
  /**
   * A parameter of a Kamelet.
   *
   * @param type {@code string}, {@code integer}, {@code number}, {@code boolean}
   * @param defaultValue empty: none
   * @param values the allowed values; empty: any
   */
  record Parameter(
      String name,
      String type,
      String defaultValue,
      boolean required,
      List<String> values,
      String description) {}

  static Kamelet of(String name, YamlTree file) {
    YamlTree definition = file.at("spec", "definition").orElse(file);
    List<String> required =
        definition.get("required").map(YamlTree::items).orElse(List.of()).stream()
            .map(YamlTree::text)
            .toList();
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    for (YamlTree.Entry entry :
        definition.get("properties").map(YamlTree::entries).orElse(List.of())) {
      YamlTree value = entry.value();
      parameters.put(
          entry.key(),
          new Parameter(
              entry.key(),
              value.text("type").isEmpty() ? "string" : value.text("type"),
              value.text("default"),
              required.contains(entry.key()),
              value.get("enum").map(YamlTree::items).orElse(List.of()).stream()
                  .map(YamlTree::text)
                  .toList(),
              value.text("description")));
    }
    YamlTree template = file.at("spec", "template").orElse(file);
    return new Kamelet(
        name,
        definition.text("title"),
        definition.text("description"),
        parameters,
        template.get("beans").map(YamlTree::items).orElse(List.of()).stream()
            .map(bean -> bean.text("name"))
            .toList(),
        template.get("route").orElse(template));
  }
}
