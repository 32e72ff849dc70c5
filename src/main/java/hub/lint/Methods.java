package hub.lint;

import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A call of a Java method as routes write it: {@code name} or {@code name(a, ${body})}. */
record Methods(String name, Optional<List<String>> arguments) {
  static Methods parse(String written) {
    String text = written.strip();
    int open = text.indexOf('(');
    if (open < 0) {
      return new Methods(text, Optional.empty());
    }
    int close = text.lastIndexOf(')');
    String inside = text.substring(open + 1, close < open ? text.length() : close);
    return new Methods(text.substring(0, open).strip(), Optional.of(split(inside)));
  }

  /** At the commas outside of quotes, brackets and braces. */
  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    char quote = 0;
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if ("([{".indexOf(c) >= 0) {
        depth++;
      } else if (")]}".indexOf(c) >= 0) {
        depth--;
      } else if (c == ',' && depth == 0) {
        parts.add(text.substring(start, i).strip());
        start = i + 1;
      }
    }
    String last = text.substring(start).strip();
    if (!last.isEmpty() || !parts.isEmpty()) {
      parts.add(last);
    }
    return parts;
  }

  /** Reports a method that the class does not have, or that takes another number of arguments. */
  void check(Class<?> type, Location location, Faults faults) {
    if (name.isEmpty() || name.contains("{{") || name.contains("${")) {
      return;
    }
    List<Method> all = Arrays.asList(type.getMethods());
    List<Method> named = all.stream().filter(method -> method.getName().equals(name)).toList();
    if (named.isEmpty()) {
      Set<String> names = all.stream().map(Method::getName).collect(Collectors.toSet());
      faults.error(
          location,
          "there is no method '" + name + "' in " + type.getName(),
          Suggest.nearest(name, names)
              .map(near -> "did you mean '" + near + "'?")
              .orElse("write the name of a public method of it"));
    } else if (arguments.isPresent()
        && named.stream().noneMatch(method -> takes(method, arguments.get().size()))) {
      faults.error(
          location,
          name
              + " of "
              + type.getSimpleName()
              + " does not take "
              + counted(arguments.get().size())
              + " but "
              + named.stream()
                  .map(method -> String.valueOf(method.getParameterCount()))
                  .distinct()
                  .sorted()
                  .collect(Collectors.joining(" or ")),
          "write as many");
    }
  }

  /** Camel itself fills parameters of its own types and annotated ones. */
  static boolean takes(Executable method, int count) {
    boolean filled =
        Arrays.stream(method.getParameterTypes())
                .anyMatch(type -> type.getName().startsWith("org.apache.camel."))
            || Arrays.stream(method.getParameterAnnotations()).anyMatch(all -> all.length > 0);
    return filled || method.isVarArgs() || method.getParameterCount() == count;
  }

  static String counted(int arguments) {
    return arguments + (arguments == 1 ? " argument" : " arguments");
  }
}
