package hub.lint;

import hub.util.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.apache.camel.CamelContext;
import org.apache.camel.NoSuchBeanException;

/** Checks the syntax of Simple, JSONPath and XPath expressions. */
final class ExpressionRules {
  private static final String FUNCTIONS = "META-INF/org/apache/camel/language/simple/simple.json";

  /** Words behind {@code ${} that may stand with nothing else. */
  private static final Pattern WORD = Pattern.compile("\\$\\{([A-Za-z][A-Za-z-]*)");

  private static final Pattern UNKNOWN = Pattern.compile("[Uu]nknown function: *\\$?\\{?([\\w-]+)");
  private static final Pattern CALLED = Pattern.compile("\\$\\{([A-Za-z]\\w{3,})\\(");
  private static final Pattern REGEX = Pattern.compile("\\bregex '([^']*)'");
  private static final Pattern SINGLE_EQUALS = Pattern.compile("(?<![=!<>~])=(?![=~])");
  private static final Pattern WORD_OPERATOR = Pattern.compile("\\s(and|or)\\s");
  private static final Pattern OPERATOR =
      Pattern.compile("==|!=|<=|>=|=~|\\s(<|>|contains|in|is|regex|range|startsWith|endsWith)\\s");

  private final CamelContext context;
  private final Faults faults;

  ExpressionRules(CamelContext context, Faults faults) {
    this.context = context;
    this.faults = faults;
  }

  /** Checks those that decide between two ways, which have operators besides. */
  void checkPredicates(List<Expressions> expressions) {
    for (Expressions expression : expressions) {
      if (expression.language().equals("simple")
          && expression.isPredicate()
          && !expression.text().contains("{{")) {
        checkPredicate(expression.location(), expression.text().strip());
      }
      checkRegex(expression);
    }
  }

  private void checkRegex(Expressions expression) {
    Matcher regex = REGEX.matcher(expression.text());
    while (expression.language().equals("simple") && regex.find()) {
      if (regex.group(1).contains("{")) {
        continue;
      }
      try {
        Pattern.compile(regex.group(1));
      } catch (PatternSyntaxException e) {
        add(
            expression.location(),
            "the regex '" + regex.group(1) + "' cannot be read: " + e.getDescription(),
            "correct the regular expression, or write \\ before a sign that is meant as it is");
      }
    }
  }

  private void checkPredicate(Location location, String text) {
    String bare = withoutValues(text);
    if (bare.contains("===")) {
      add(location, "simple has no operator '==='", "write ==");
    } else if (SINGLE_EQUALS.matcher(bare).find()) {
      add(location, "a single '=' compares nothing", "write '=='");
    } else if (WORD_OPERATOR.matcher(bare).find()) {
      Matcher word = WORD_OPERATOR.matcher(bare);
      word.find();
      add(
          location,
          "simple has no operator '" + word.group(1) + "'",
          "write " + (word.group(1).equals("and") ? "&&" : "||"));
    } else if (!text.contains("${")
        && !text.contains("$simple{")
        && OPERATOR.matcher(bare).find()) {
      add(
          location,
          "no value of the message is compared, so the outcome is always the same",
          "write ${body} == 'x' for the body, ${header.x} for a header");
    } else {
      try {
        context.resolveLanguage("simple").createPredicate(text);
      } catch (RuntimeException e) {
        if (namesBean(e)) {
          return;
        }
        add(location, "simple cannot be read: " + DryContext.firstLine(e), remedy(text, first(e)));
      }
    }
  }

  /** The text with each function and each quoted text replaced by a space. */
  static String withoutValues(String text) {
    StringBuilder bare = new StringBuilder();
    int depth = 0;
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (depth > 0 || text.startsWith("${", i)) {
        depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      } else if (c == '\'' || c == '"') {
        quote = c;
        bare.append(' ');
      } else {
        bare.append(c);
      }
      if (c == '$' && depth == 0 && text.startsWith("${", i)) {
        bare.append(' ');
        depth = 1;
        i++;
      }
    }
    return bare.toString();
  }

  private void add(Location location, String what, String remedy) {
    if (!faults.hasErrorAt(location)) {
      faults.error(location, what, remedy);
    }
  }

  /**
   * @param language {@code simple}, {@code jsonpath} or {@code xpath}; others are not checked
   */
  void check(Location location, String language, String expression) {
    if (expression.contains("{{")) {
      return;
    }
    try {
      switch (language) {
        case "simple" -> {
          context.resolveLanguage(language).createExpression(expression);
          checkClosed(location, expression);
          checkFunctions(location, expression);
          JsonPathRules.calledIn(expression).forEach(path -> check(location, "jsonpath", path));
        }
        case "jsonpath" -> JsonPathRules.check(expression);
        case "xpath" -> checkXpath(location, expression);
        default -> {}
      }
    } catch (RuntimeException e) {
      if (namesBean(e)) {
        return; // DryBuild knows which beans there are.
      }
      faults.error(
          location,
          language + " cannot be read: " + first(e),
          remedy(language, expression, first(e)));
    }
  }

  /** Camel reads a function with functions in it only when a message comes. */
  private void checkFunctions(Location location, String text) {
    Matcher called = CALLED.matcher(text);
    Set<String> known = functions();
    while (called.find()) {
      Optional<String> near = Suggest.nearest(called.group(1), known);
      if (!known.contains(called.group(1)) && near.isPresent()) {
        add(
            location,
            "simple has no function '" + called.group(1) + "'",
            "did you mean '" + near.get() + "'?");
      }
    }
  }

  /** Camel takes an opened function without an end for a plain text. */
  private void checkClosed(Location location, String text) {
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      if (text.startsWith("${", i) || text.startsWith("$simple{", i)) {
        depth++;
      } else if (text.charAt(i) == '}' && depth > 0) {
        depth--;
      }
    }
    if (depth > 0) {
      add(location, "simple cannot be read: ${ has no end", "add the missing }");
    }
  }

  private static boolean namesBean(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof NoSuchBeanException) {
        return true;
      }
    }
    return false;
  }

  private static String first(Throwable e) {
    return DryContext.firstLine(e);
  }

  private static String remedy(String language, String text, String message) {
    return switch (language) {
      case "simple" -> remedy(text, message);
      case "jsonpath" -> JsonPathRules.remedy(text);
      default -> "write an XPath such as /order/id";
    };
  }

  /** What to do about a text that Simple refuses. */
  static String remedy(String text, String message) {
    Matcher unknown = UNKNOWN.matcher(message);
    if (unknown.find()) {
      return Suggest.nearest(unknown.group(1), functions())
          .map(near -> "did you mean '" + near + "'?")
          .orElse("write a function that Simple has, or 'constant' for a plain text");
    }
    long open = text.chars().filter(c -> c == '{').count();
    if (open > text.chars().filter(c -> c == '}').count()) {
      return "add the missing }";
    }
    if (text.chars().filter(c -> c == '\'').count() % 2 == 1) {
      return "close the quoted text with '";
    }
    Matcher words = WORD.matcher(text);
    while (words.find()) {
      Optional<String> near = Suggest.nearest(words.group(1), functions());
      if (!functions().contains(words.group(1)) && near.isPresent()) {
        return "did you mean '" + near.get() + "'?";
      }
    }
    return "write functions as ${body} or ${header.x}, texts in quotes, operators as == or contains";
  }

  private static Set<String> functions() {
    return Functions.NAMES;
  }

  private static final class Functions {
    static final Set<String> NAMES = readFunctions();
  }

  /** The names of Simple's functions, by the description that camel-core has of them. */
  private static Set<String> readFunctions() {
    Set<String> names = new TreeSet<>();
    try (InputStream in = ExpressionRules.class.getClassLoader().getResourceAsStream(FUNCTIONS)) {
      if (in != null) {
        Json.own(new String(in.readAllBytes(), StandardCharsets.UTF_8))
            .path("functions")
            .fieldNames()
            .forEachRemaining(name -> names.add(name.replaceFirst("[(.:].*", "")));
      }
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void checkXpath(Location location, String expression) {
    if (expression.contains(":") || expression.contains("$")) {
      return; // Namespaces and variables are known in the route only.
    }
    try {
      XPathFactory.newInstance().newXPath().compile(expression);
    } catch (XPathExpressionException e) {
      faults.error(
          location,
          "xpath cannot be read: " + first(e.getCause() == null ? e : e.getCause()),
          remedy("xpath", expression, ""));
    }
  }
}
