package hub.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the declaration of one variable, and tells everything that is wrong with it. */
public final class VariableReader {
  /** The variables of application.properties that Camel's own server reads. */
  private static final Set<String> OF_THE_SERVER =
      Set.of("PORT", "MANAGEMENT_PORT", "MANAGEMENT_HOST");

  private static final Pattern NAME =
      Pattern.compile("[A-Z][A-Z0-9]*(_[A-Z0-9]+)*|[a-z][a-z0-9-]*(\\.[a-z][a-z0-9-]*)+");

  /** The kinds that may be declared, by their names in the file. */
  private static final Map<String, ValueKind> KINDS = new LinkedHashMap<>();

  static {
    KINDS.put("text", ValueKind.TEXT);
    KINDS.put("secret", ValueKind.SECRET);
    KINDS.put("secret-lines", ValueKind.SECRET_LINES);
    KINDS.put("address", ValueKind.ADDRESS);
    KINDS.put("integer", ValueKind.INTEGER);
    KINDS.put("switch", ValueKind.SWITCH);
    KINDS.put("choice", ValueKind.CHOICE);
    KINDS.put("sender", ValueKind.SENDER);
    KINDS.put("route", ValueKind.ROUTE);
  }

  /** The keys of a declaration. */
  public static final List<String> FIELDS =
      List.of(
          "kind",
          "description",
          "default",
          "required",
          "choices",
          "min",
          "max",
          "prefixes",
          "other-prefix",
          "routes",
          "test-value",
          "probe");

  /** The kinds of which nothing is no value. */
  private static final Set<ValueKind> NEVER_EMPTY =
      Set.of(ValueKind.INTEGER, ValueKind.SWITCH, ValueKind.CHOICE);

  /** The keys that one kind alone has. */
  private static final Map<String, ValueKind> OF_ONE_KIND =
      Map.of(
          "choices",
          ValueKind.CHOICE,
          "min",
          ValueKind.INTEGER,
          "max",
          ValueKind.INTEGER,
          "prefixes",
          ValueKind.SECRET,
          "other-prefix",
          ValueKind.SECRET,
          "routes",
          ValueKind.ROUTE,
          "probe",
          ValueKind.SECRET);

  /**
   * A fault.
   *
   * @param field the key of the declaration; empty: the whole of it
   */
  public record Complaint(String field, String what, String remedy) {}

  /**
   * A declaration that was read.
   *
   * @param variable empty when there are complaints
   */
  public record Declaration(Optional<Variable> variable, List<Complaint> complaints) {}

  private final String name;
  private final Map<?, ?> fields;
  private final List<Complaint> complaints = new ArrayList<>();

  private VariableReader(String name, Map<?, ?> fields) {
    this.name = name;
    this.fields = fields;
  }

  /**
   * Reads one.
   *
   * @param folder of the file, below {@code routes/}
   * @param written as YAML holds it: maps, lists, texts, numbers and booleans
   */
  public static Declaration read(String folder, String name, Object written) {
    VariableReader reader =
        new VariableReader(name, written instanceof Map<?, ?> map ? map : Map.of());
    if (!(written instanceof Map)) {
      reader.complain("", "is no map", "write 'kind' and 'description' below it");
      return new Declaration(Optional.empty(), reader.complaints);
    }
    Variable variable = reader.variable(folder);
    return new Declaration(
        reader.complaints.isEmpty() ? Optional.of(variable) : Optional.empty(), reader.complaints);
  }

  private Variable variable(String folder) {
    checkName();
    checkFields();
    ValueKind kind = kind();
    Variable.Limits limits =
        new Variable.Limits(
            texts("choices"),
            number("min", 0),
            number("max", Integer.MAX_VALUE),
            texts("prefixes"),
            text("other-prefix"),
            text("routes"));
    Variable variable =
        new Variable(
            folder,
            name,
            kind,
            text("default"),
            text("description").strip().replaceAll("\\s+", " "),
            isRequired(),
            limits,
            text("test-value"),
            probe());
    checkLimits(variable);
    checkValue(variable, "default", variable.defaultValue());
    checkValue(variable, "test-value", variable.testValue());
    return variable;
  }

  private void checkName() {
    if (!NAME.matcher(name).matches()) {
      complain("", "is no name of a variable", "write it like SHOP_API_KEY or shop.api-key");
    } else if (Setting.of(name).isPresent() || OF_THE_SERVER.contains(name)) {
      complain("", "is a setting of the hub", "choose another name, such as one with the folder's");
    } else if (name.startsWith("camel.") || name.startsWith("CAMEL_")) {
      complain("", "is a setting of Camel", "choose another name, such as one with the folder's");
    }
  }

  private void checkFields() {
    for (Object field : fields.keySet()) {
      if (!FIELDS.contains(field.toString())) {
        complain(
            field.toString(),
            "has an unknown key '" + field + "'",
            "the keys are " + String.join(", ", FIELDS));
      }
    }
    if (text("description").isBlank()) {
      complain("", "has no description", "say in 'description' what it is for");
    }
  }

  private ValueKind kind() {
    String written = text("kind");
    ValueKind kind = KINDS.get(written);
    if (kind == null) {
      complain(
          written.isEmpty() ? "" : "kind",
          written.isEmpty() ? "has no kind" : "has an unknown kind '" + written + "'",
          "write 'kind: ' and one of " + String.join(", ", KINDS.keySet()));
      return ValueKind.TEXT;
    }
    OF_ONE_KIND.forEach(
        (field, its) -> {
          if (fields.containsKey(field) && kind != its) {
            complain(
                field,
                "'" + field + "' does not go with the kind " + written,
                "delete it, or choose the kind " + nameOf(its));
          }
        });
    return kind;
  }

  private static String nameOf(ValueKind kind) {
    return KINDS.entrySet().stream()
        .filter(one -> one.getValue() == kind)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  private boolean isRequired() {
    Object written = fields.get("required");
    if (written != null && !(written instanceof Boolean)) {
      complain("required", "'required' must be true or false", "");
    }
    boolean required = Boolean.TRUE.equals(written);
    if (required && !text("default").isEmpty()) {
      complain("required", "is required and has a default", "delete one of them");
    }
    return required;
  }

  private Optional<Probe> probe() {
    if (!fields.containsKey("probe")) {
      return Optional.empty();
    }
    try {
      return Optional.of(Probe.read(fields.get("probe")));
    } catch (IllegalArgumentException e) {
      String[] parts = e.getMessage().split("; ", 2);
      complain("probe", "has a 'probe' that " + parts[0], parts[1]);
      return Optional.empty();
    }
  }

  private void checkLimits(Variable variable) {
    Variable.Limits limits = variable.limits();
    if (variable.kind() == ValueKind.CHOICE && limits.choices().isEmpty()) {
      complain("", "has no choices", "list them: choices: [a, b]");
    }
    if (NEVER_EMPTY.contains(variable.kind())
        && variable.defaultValue().isEmpty()
        && !variable.isRequired()) {
      complain("", "has no default", "write the value that holds while none is set");
    }
    if (variable.kind() == ValueKind.ROUTE && !limits.routes().matches("[a-z][a-z0-9+.-]*:.*")) {
      complain(
          "routes", "does not say which routes", "write routes: and how their addresses begin");
    }
    if (limits.min() > limits.max()) {
      complain("min", "has a 'min' over its 'max'", "exchange them");
    }
    if (variable.kind().isSecret() && !variable.defaultValue().isEmpty()) {
      complain("default", "is a secret and has a default", "delete the default");
    }
  }

  private void checkValue(Variable variable, String field, String value) {
    if (!value.isEmpty() && !variable.kind().isSecret()) {
      variable
          .complaint(value)
          .ifPresent(complaint -> complain(field, "'" + field + "' " + complaint, ""));
    }
  }

  private long number(String field, long usual) {
    Object written = fields.get(field);
    if (written instanceof Integer || written instanceof Long) {
      return ((Number) written).longValue();
    }
    if (written != null) {
      complain(field, "'" + field + "' must be a whole number", "");
    }
    return usual;
  }

  private String text(String field) {
    Object written = fields.get(field);
    if (written instanceof Map || written instanceof List) {
      complain(field, "'" + field + "' must be a text", "");
      return "";
    }
    return written == null ? "" : written.toString();
  }

  private List<String> texts(String field) {
    Object written = fields.get(field);
    if (written instanceof List<?> list) {
      return list.stream().map(String::valueOf).toList();
    }
    if (written != null) {
      complain(field, "'" + field + "' must be a list", "write " + field + ": [a, b]");
    }
    return List.of();
  }

  private void complain(String field, String what, String remedy) {
    Complaint complaint = new Complaint(field, what, remedy);
    if (!complaints.contains(complaint)) {
      complaints.add(complaint);
    }
  }
}
