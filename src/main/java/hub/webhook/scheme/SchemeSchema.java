package hub.webhook.scheme;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialects;
import hub.util.Json;
import hub.webhook.verify.SimilarName;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** The closed JSON Schema of a scheme's file. */
public final class SchemeSchema {
  private static final String RESOURCE = "/schemes/scheme.schema.json";

  private SchemeSchema() {}

  /** Made when the first file is checked: most starts check none. */
  private static final class Compiled {
    static final Schema SCHEMA =
        SchemaRegistry.withDialect(Dialects.getDraft202012()).getSchema(document());
  }

  /** The schema itself, for editors and the reference. */
  public static JsonNode document() {
    try (InputStream stream = SchemeSchema.class.getResourceAsStream(RESOURCE)) {
      return Json.parse(stream.readAllBytes()).orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * All faults of a file, each as {@code path: fault; remedy}.
   *
   * @param tree as YAML is read: maps, lists and scalars
   */
  static List<String> faultsOf(Object tree) {
    JsonNode document = document();
    List<String> faults = new ArrayList<>();
    for (Error error : Compiled.SCHEMA.validate(Json.own(Json.text(tree)))) {
      faults.add(sentence(error, document));
    }
    return faults.stream().distinct().toList();
  }

  private static String sentence(Error error, JsonNode document) {
    String place = error.getInstanceLocation().toString().replaceFirst("^/", "").replace('/', '.');
    String at = place.isEmpty() ? "" : place + ".";
    return switch (error.getKeyword()) {
      case "required" -> at + error.getProperty() + ": is missing; add it";
      case "additionalProperties" ->
          at
              + error.getProperty()
              + ": is unknown"
              + suggestion(error, document)
              + "; see the reference of schemes";
      case "enum" ->
          place
              + ": '"
              + error.getInstanceNode().asText()
              + "' is unknown"
              + SimilarName.suggestion(
                  error.getInstanceNode().asText(), texts(error.getSchemaNode()))
              + "; choose one of "
              + String.join(", ", texts(error.getSchemaNode()));
      case "pattern" ->
          place
              + ": '"
              + error.getInstanceNode().asText()
              + "' does not fit; "
              + description(error, document, "/pattern");
      default ->
          (place.isEmpty() ? "file" : place)
              + ": "
              + error.getMessage()
              + "; see the reference of schemes";
    };
  }

  /** What the schema says of the member. */
  private static String description(Error error, JsonNode document, String keyword) {
    String path = error.getSchemaLocation().getFragment().toString();
    String text =
        document
            .at(path.substring(0, path.length() - keyword.length()))
            .path("description")
            .asText();
    return text.isEmpty()
        ? "see the reference of schemes"
        : "write " + text.replaceFirst("\\.$", "");
  }

  private static String suggestion(Error error, JsonNode document) {
    String path = error.getSchemaLocation().getFragment().toString();
    JsonNode parent = document.at(path.replaceFirst("/additionalProperties$", "/properties"));
    List<String> names = new ArrayList<>();
    parent.fieldNames().forEachRemaining(names::add);
    return SimilarName.suggestion(error.getProperty(), names);
  }

  private static List<String> texts(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
  }
}
