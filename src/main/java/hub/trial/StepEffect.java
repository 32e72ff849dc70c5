package hub.trial;

import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.NamedNode;
import org.apache.camel.NoTypeConversionAvailableException;
import org.apache.camel.component.sql.SqlHelper;
import org.apache.camel.model.EnrichDefinition;
import org.apache.camel.model.ExpressionNode;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.language.MethodCallExpression;

/** Tells whether a step changes something other than the message. */
final class StepEffect {
  /** By their names in YAML: they run code, or send to what only the run knows. */
  private static final Set<String> UNKNOWN =
      Set.of(
          "bean",
          "dynamicRouter",
          "kamelet",
          "poll",
          "pollEnrich",
          "process",
          "recipientList",
          "routingSlip",
          "script",
          "wireTap");

  private static final Pattern READS =
      Pattern.compile("(?s)[\\s(]*(select|values|with|table)\\b.*");

  private static final Pattern WRITES = Pattern.compile("\\b(insert|update|delete|merge|call)\\b");

  /** What a word in a statement does not mean. */
  private static final Pattern IDLE =
      Pattern.compile(
          "(?s)--[^\n]*|/\\*.*?\\*/|'(?:[^']|'')*'|\"[^\"]*\"|\\bfor\\s+(no\\s+key\\s+)?update\\b");

  private StepEffect() {}

  /** Whether the step, or one within it, may write something or leave the process. */
  static boolean isOf(CamelContext context, NamedNode step) {
    if (!(step instanceof ProcessorDefinition<?> definition)
        || UNKNOWN.contains(definition.getShortName())) {
      return true;
    }
    if (step instanceof EnrichDefinition enrich) {
      return enrich.getExpression() == null
          || isOf(context, String.valueOf(enrich.getExpression().getExpression()));
    }
    if (step instanceof SendDefinition<?> send) {
      return isOf(context, send.getEndpointUri());
    }
    if (step instanceof ToDynamicDefinition send) {
      String uri = send.getUri();
      return (uri.contains("{") && !uri.startsWith("sql:")) || isOf(context, uri);
    }
    return (step instanceof ExpressionNode node
            && node.getExpression() instanceof MethodCallExpression)
        || definition.getOutputs().stream().anyMatch(within -> isOf(context, within));
  }

  private static boolean isOf(CamelContext context, String uri) {
    String resolved;
    try {
      resolved = context.resolvePropertyPlaceholders(uri);
    } catch (RuntimeException e) {
      // The route reports it when it starts.
      return true;
    }
    return resolved.startsWith("sql:")
        ? writes(context, resolved)
        : !Outside.changesMessageAlone(context, resolved);
  }

  private static boolean writes(CamelContext context, String uri) {
    if (uri.matches("(?s).*[?&]useMessageBodyForSql=(?!false).*")) {
      return true;
    }
    String query = uri.replaceFirst("^sql:(//)?", "").replaceFirst("(?s)\\?.*", "");
    try {
      query = SqlHelper.resolveQuery(context, query, null);
    } catch (IOException | NoTypeConversionAvailableException | RuntimeException e) {
      return true;
    }
    String bare = IDLE.matcher(query.replace("%20", " ").toLowerCase(Locale.ROOT)).replaceAll(" ");
    return !READS.matcher(bare).matches() || WRITES.matcher(bare).find();
  }
}
