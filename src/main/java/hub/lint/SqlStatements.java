package hub.lint;

import hub.config.Settings;
import hub.db.Dialect;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;

/**
 * Finds the statements of {@code sql:} endpoints and of constant {@code CamelSqlQuery} headers, as
 * far as they are known before a message: those of the hub's database.
 */
final class SqlStatements {
  private static final String HEADER = "CamelSqlQuery";
  private static final Pattern PROPERTY = Pattern.compile("\\{\\{([^{}]+)}}");

  /** Statements that a consumer runs after its own. */
  private static final List<String> FURTHER =
      List.of("onConsume", "onConsumeFailed", "onConsumeBatchComplete");

  private static final Set<String> OURS =
      Set.of("", "dataSource", "#dataSource", "#bean:dataSource");

  private final Project project;
  private final Settings settings;
  private final Map<String, String> environment;
  private final Dialect dialect;
  private final FileNames names;
  private final CamelContext context;
  private final Faults faults;

  SqlStatements(
      Project project,
      Settings settings,
      Map<String, String> environment,
      Dialect dialect,
      FileNames names,
      CamelContext context,
      Faults faults) {
    this.project = project;
    this.settings = settings;
    this.environment = environment;
    this.dialect = dialect;
    this.names = names;
    this.context = context;
    this.faults = faults;
  }

  /** All of them; a file that is missing is told. */
  List<SqlStatement> find() {
    List<SqlStatement> found = new ArrayList<>();
    if (!OURS.contains(setting("camel.component.sql.data-source"))
        || !OURS.contains(setting("camel.component.sql.dataSource"))) {
      return found;
    }
    project.endpoints().stream()
        .filter(endpoint -> endpoint.scheme().equals("sql"))
        .filter(endpoint -> OURS.contains(endpoint.value("dataSource").orElse("")))
        .forEach(endpoint -> add(endpoint, found));
    project.routes().forEach(route -> addHeaders(route.tree(), found));
    return found;
  }

  private String setting(String key) {
    try {
      return settings.named(key).orElse("");
    } catch (RuntimeException e) {
      return ""; // told at the setting
    }
  }

  private void add(Endpoint endpoint, List<SqlStatement> found) {
    String placeholder =
        endpoint.value("usePlaceholder").filter("false"::equals).isPresent()
            ? ""
            : endpoint.value("placeholder").orElse("#");
    String own =
        endpoint.address().contains(":") ? endpoint.name() : endpoint.value("query").orElse("");
    boolean isDynamic = endpoint.step().equals("toD") && own.contains("${");
    if (!isDynamic && endpoint.value("useMessageBodyForSql").filter("true"::equals).isEmpty()) {
      statement(endpoint.locationOf("query"), own, placeholder).ifPresent(found::add);
    }
    for (String option : FURTHER) {
      endpoint
          .value(option)
          .flatMap(sql -> statement(endpoint.locationOf(option), sql, placeholder))
          .ifPresent(found::add);
    }
  }

  private void addHeaders(YamlTree tree, List<SqlStatement> found) {
    tree.items().forEach(item -> addHeaders(item, found));
    if (tree.text("name").equals(HEADER)) {
      constant(tree)
          .flatMap(sql -> statement(sql.location(), sql.text(), "#"))
          .ifPresent(found::add);
    }
    tree.entries().forEach(entry -> addHeaders(entry.value(), found));
  }

  /** The text of a constant, or of a Simple expression without any function. */
  private static Optional<YamlTree> constant(YamlTree header) {
    YamlTree expression = header.get("expression").orElse(header);
    for (String language : List.of("constant", "simple")) {
      Optional<YamlTree> text =
          expression
              .get(language)
              .map(written -> written.get("expression").orElse(written))
              .filter(YamlTree::isText)
              .filter(written -> language.equals("constant") || !written.text().contains("${"));
      if (text.isPresent()) {
        return text;
      }
    }
    return Optional.empty();
  }

  private Optional<SqlStatement> statement(Location step, String written, String placeholder) {
    Optional<String> resolved = resolve(written);
    if (resolved.isEmpty() || resolved.get().isBlank()) {
      return Optional.empty();
    }
    String text = resolved.get();
    if (text.startsWith("classpath:")) {
      return resource(step, text.substring("classpath:".length()))
          .map(sql -> new SqlStatement(step, Optional.empty(), SqlText.prepared(sql, placeholder)));
    }
    if (text.startsWith("file:")) {
      return file(step, text.substring("file:".length()), placeholder);
    }
    return text.matches("(?s)[a-z]{3,}:\\S*")
        ? Optional.empty() // a resource from elsewhere
        : Optional.of(
            new SqlStatement(step, Optional.empty(), SqlText.prepared(text, placeholder)));
  }

  /** Empty when a property is not set, which is told elsewhere, or is a parameter of a Kamelet. */
  private Optional<String> resolve(String text) {
    Matcher property = PROPERTY.matcher(text);
    StringBuilder resolved = new StringBuilder();
    while (property.find()) {
      Optional<String> value = value(property.group(1).strip());
      if (value.isEmpty()) {
        return Optional.empty();
      }
      property.appendReplacement(resolved, Matcher.quoteReplacement(value.get()));
    }
    return Optional.of(property.appendTail(resolved).toString());
  }

  private Optional<String> value(String placeholder) {
    boolean isVariable = placeholder.startsWith("env:");
    String key = isVariable ? placeholder.substring("env:".length()) : placeholder;
    int colon = key.indexOf(':');
    String name = colon < 0 ? key : key.substring(0, colon);
    Optional<String> standard =
        colon < 0 ? Optional.empty() : Optional.of(key.substring(colon + 1));
    if (name.equals(Dialect.PROPERTY)) {
      return Optional.of(dialect.folder());
    }
    String set = isVariable ? environment.getOrDefault(name, "") : setting(name);
    return set.isEmpty() ? standard : Optional.of(set);
  }

  private Optional<String> resource(Location step, String name) {
    for (ClassLoader loader :
        new ClassLoader[] {
          SqlStatements.class.getClassLoader(), context.getApplicationContextClassLoader()
        }) {
      try (InputStream in = loader == null ? null : loader.getResourceAsStream(name)) {
        if (in != null) {
          return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
      } catch (IOException e) {
        break;
      }
    }
    faults.error(
        step,
        "there is no SQL file " + name + " on the class path",
        "check its name, or write sql:file:…");
    return Optional.empty();
  }

  private Optional<SqlStatement> file(Location step, String name, String placeholder) {
    Path file = names.home().resolve(name.replaceFirst("^//", ""));
    try {
      String sql = Files.readString(file);
      return Optional.of(
          new SqlStatement(step, Optional.of(names.of(file)), SqlText.prepared(sql, placeholder)));
    } catch (IOException e) {
      // A file that is not there is told by the rules of files.
      if (Files.exists(file)) {
        faults.error(
            step, "the SQL file " + name + " cannot be read", "let the hub's user read it");
      }
      return Optional.empty();
    }
  }
}
