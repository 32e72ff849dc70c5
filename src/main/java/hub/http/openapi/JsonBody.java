package hub.http.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.util.Json;
import hub.util.step.ContextStep;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;

/**
 * Validates a request's body against a schema of the API description and replaces it by a map.
 * Answers 400 {@code payload-invalid} with all faults when it is not valid. The Kamelet {@code
 * json-body-action} makes it and sets its parameters. Thread-safe once started.
 */
public final class JsonBody extends ContextStep {
  /** Further faults are left out: a longer list is of no use. */
  private static final int MAX_FAULTS = 20;

  private String name;
  private int maxBytes;
  private Schema schema;

  @Override
  protected void doInit() {
    ApiDescription description = bean(ApiDescription.BEAN, ApiDescription.class);
    ObjectNode root = (ObjectNode) description.schema(name).deepCopy();
    // References point into the document, so the schema needs the document's components.
    root.set("components", description.document().get("components"));
    schema = SchemaRegistry.withDialect(Dialects.getOpenApi31()).getSchema(root);
  }

  @Override
  public void process(Exchange exchange) throws Exception {
    byte[] bytes = exchange.getMessage().getBody(byte[].class);
    if (bytes == null || bytes.length == 0) {
      throw invalid("The body is empty; send a JSON object.");
    }
    if (bytes.length > maxBytes) {
      throw new ProblemException(
          Problem.of(413, "payload-too-large", "The body is larger than " + maxBytes + " bytes."));
    }
    JsonNode body =
        Json.parse(bytes).orElseThrow(() -> invalid("The body " + Json.complaint(bytes) + "."));
    List<Error> errors = schema.validate(body);
    if (!errors.isEmpty()) {
      throw invalid(
          errors.stream()
              .map(JsonBody::sentence)
              .distinct()
              .limit(MAX_FAULTS)
              .collect(Collectors.joining("; ", "", ".")));
    }
    exchange.getMessage().setBody(Json.plain(body));
  }

  private static ProblemException invalid(String detail) {
    return new ProblemException(Problem.of(400, "payload-invalid", detail));
  }

  private static String sentence(Error error) {
    String place = error.getInstanceLocation().toString().replaceFirst("^/", "").replace('/', '.');
    String field = place.isEmpty() ? "the body" : place;
    String property = (place.isEmpty() ? "" : place + ".") + error.getProperty();
    return switch (error.getKeyword()) {
      case "required" -> property + " is missing";
      case "additionalProperties", "unevaluatedProperties" -> property + " is not known";
      case "pattern" -> field + " has not the form " + error.getSchemaNode().asText();
      default -> field + " " + lowerFirst(error.getMessage());
    };
  }

  private static String lowerFirst(String message) {
    return message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
  }

  /** Name of a schema in the API description. */
  public void setSchema(String schema) {
    this.name = schema;
  }

  /** The largest body; a larger one gets 413. */
  public void setMaxBytes(int maxBytes) {
    this.maxBytes = maxBytes;
  }
}
