package hub.config;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file {@code .env} beside {@code application.properties}: environment variables for those that
 * are not set otherwise. A line is {@code NAME=value}, with {@code export} before it or not. In
 * single quotes a value stands as it is; in double quotes {@code \n}, {@code \r}, {@code \t},
 * {@code \"}, {@code \\} and {@code \$} are read; without quotes it ends before a {@code #} that
 * follows white space. Nothing in it is expanded. Of a name that stands twice the last one counts.
 *
 * @param variables in the order of the file
 * @param malformed lines that are none of this, from 1; never with their content, which may be a
 *     secret
 * @param problem why the file cannot be read; empty when it can, or does not exist
 */
public record EnvFile(
    Map<String, Variable> variables, List<Integer> malformed, Optional<String> problem) {
  /** Its name. */
  public static final String NAME = ".env";

  private static final Pattern LINE =
      Pattern.compile("\\s*(?:export\\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\\s*=\\s*(.*?)\\s*");

  private static final Pattern SINGLE = Pattern.compile("'([^']*)'\\s*(?:#.*)?");
  private static final Pattern DOUBLE = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"\\s*(?:#.*)?");

  /**
   * A variable.
   *
   * @param line from 1
   */
  public record Variable(String value, int line) {
    /** Without the value, which may be a secret. */
    @Override
    public String toString() {
      return "line " + line;
    }
  }

  private static final EnvFile NONE = new EnvFile(Map.of(), List.of(), Optional.empty());

  /** Reads the file; an absent one has no variables. */
  public static EnvFile read(Path file) {
    if (!Files.exists(file)) {
      return NONE;
    }
    try {
      return parse(Files.readAllLines(file));
    } catch (MalformedInputException e) {
      return new EnvFile(Map.of(), List.of(), Optional.of("is not UTF-8"));
    } catch (IOException e) {
      return new EnvFile(Map.of(), List.of(), Optional.of("cannot be read"));
    }
  }

  /** The one beside {@code applicationProperties}. */
  public static EnvFile beside(Path applicationProperties) {
    return read(applicationProperties.resolveSibling(NAME));
  }

  private static EnvFile parse(List<String> lines) {
    Map<String, Variable> variables = new LinkedHashMap<>();
    List<Integer> malformed = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      // Editors of Windows write a mark of the byte order before the first line.
      String line = i == 0 ? lines.get(i).replaceFirst("^\uFEFF", "") : lines.get(i);
      if (line.isBlank() || line.stripLeading().startsWith("#")) {
        continue;
      }
      Matcher parts = LINE.matcher(line);
      Optional<String> value = parts.matches() ? value(parts.group(2)) : Optional.empty();
      if (value.isPresent()) {
        variables.put(parts.group(1), new Variable(value.get(), i + 1));
      } else {
        malformed.add(i + 1);
      }
    }
    return new EnvFile(variables, List.copyOf(malformed), Optional.empty());
  }

  /** Empty for a quote that does not end, or has text after it. */
  private static Optional<String> value(String written) {
    if (written.startsWith("'")) {
      Matcher quoted = SINGLE.matcher(written);
      return quoted.matches() ? Optional.of(quoted.group(1)) : Optional.empty();
    }
    if (written.startsWith("\"")) {
      Matcher quoted = DOUBLE.matcher(written);
      return quoted.matches() ? Optional.of(unescaped(quoted.group(1))) : Optional.empty();
    }
    return Optional.of(written.startsWith("#") ? "" : written.replaceFirst("\\s+#.*", ""));
  }

  private static String unescaped(String text) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\') {
        plain.append(c);
        continue;
      }
      i++;
      switch (text.charAt(i)) {
        case 'n' -> plain.append('\n');
        case 'r' -> plain.append('\r');
        case 't' -> plain.append('\t');
        case '"', '\\', '$' -> plain.append(text.charAt(i));
        default -> plain.append('\\').append(text.charAt(i));
      }
    }
    return plain.toString();
  }

  /** The variables together with those of {@code environment}, which win. */
  public Map<String, String> under(Map<String, String> environment) {
    Map<String, String> all = new LinkedHashMap<>();
    variables.forEach((name, variable) -> all.put(name, variable.value()));
    all.putAll(environment);
    return all;
  }
}
