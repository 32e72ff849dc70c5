package hub.lint;

import java.nio.file.Path;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.dsl.yaml.YamlRoutesBuilderLoader;
import org.apache.camel.support.ResourceHelper;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** Has Camel's own YAML loader read the files in which no other rule found an error. */
final class CamelLoader {
  private final CamelContext context;
  private final Faults faults;

  CamelLoader(CamelContext context, Faults faults) {
    this.context = context;
    this.faults = faults;
  }

  /** Builds the file's route definitions and drops them; nothing is started. */
  void check(Path path, String file, String content) {
    try (YamlRoutesBuilderLoader loader = new YamlRoutesBuilderLoader()) {
      loader.setCamelContext(context);
      loader.start();
      RouteBuilder builder =
          (RouteBuilder)
              loader.loadRoutesBuilder(ResourceHelper.fromString(path.toString(), content));
      builder.setCamelContext(context);
      builder.configure();
    } catch (MarkedYamlEngineException e) {
      faults.error(
          new Location(file, e.getProblemMark().map(Mark::getLine).map(n -> n + 1).orElse(0)),
          "Camel refuses it: " + firstLine(e.getProblem()),
          "");
    } catch (Exception e) {
      faults.error(Location.of(file), "Camel refuses it: " + firstLine(e.getMessage()), "");
    }
  }

  private static String firstLine(String message) {
    return Optional.ofNullable(message)
        .flatMap(text -> text.lines().findFirst())
        .orElse("its reader does not say why");
  }
}
