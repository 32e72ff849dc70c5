package hub.lint;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.IntStream;
import org.apache.camel.ExpressionIllegalSyntaxException;
import org.apache.camel.NoSuchBeanException;
import org.apache.camel.NoSuchLanguageException;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** Tells what Camel refuses to build: in the words of a route's author, with line and remedy. */
final class BuildFaults {
  private static final Pattern DATA_FORMAT =
      Pattern.compile("Data format '([^']+)'|data format in registry with ref: (\\S+)");
  private static final Pattern UNSET = Pattern.compile("Property with key \\[([^\\]]*)]");
  private static final Pattern NUMBER = Pattern.compile("[Ff]or input string: \"([^\"]*)\"");

  /** Camel's names of libraries whose jars are named otherwise. */
  private static final String JAR = "add its jar, camel-";

  private final Faults faults;
  private final KnownBeans beans;
  private final Classes classes;
  private final Set<String> languages;
  private final Set<String> dataFormats;

  /**
   * Where a built step comes from.
   *
   * @param caller the step that uses this Kamelet; null when the file itself is built
   */
  record Source(String file, YamlTree tree, Location caller) {}

  BuildFaults(Faults faults, KnownBeans beans, Classes classes, DslSchema schema) {
    this.faults = faults;
    this.beans = beans;
    this.classes = classes;
    this.languages = new TreeSet<>(schema.model("language.ExpressionDefinition").keys());
    this.dataFormats = new TreeSet<>(schema.model("MarshalDefinition").keys());
  }

  /** Reports a file that Camel's YAML reader refuses, unless another fault of it is told. */
  void unreadable(Source source, Exception e) {
    if (source.caller() != null || faults.hasErrorIn(source.file()) || isOfDryStart(e)) {
      return;
    }
    int line = 0;
    String problem = DryContext.firstLine(e);
    if (e instanceof MarkedYamlEngineException marked) {
      line =
          marked
              .getProblemMark()
              .or(marked::getContextMark)
              .map(Mark::getLine)
              .map(n -> n + 1)
              .orElse(0);
      problem = String.valueOf(marked.getProblem()).lines().findFirst().orElse(problem);
    }
    faults.error(
        new Location(source.file(), line),
        "Camel refuses it: " + problem,
        "look it up in Camel's documentation of its YAML DSL");
  }

  /**
   * Reports what a step cannot be built for, unless it is only that a dry start knows less than a
   * start, or another rule has told a fault of the step.
   *
   * @param index Camel's line of the step: that of its value, from 0
   * @return whether it is no fault
   */
  boolean report(Source source, int index, String step, Throwable thrown) {
    if (isOfDryStart(thrown)) {
      return true;
    }
    int line = line(source, index, step);
    Told told = told(step, thrown);
    Location location = location(source, line, told.word());
    if (!isToldAlready(source, line)) {
      String of =
          source.caller() == null ? "" : "the kamelet cannot be built with these parameters: ";
      if (told.isBean() && !beans.isComplete()) {
        faults.warning(
            location, of + told.what() + ", unless code of your own binds it", told.remedy());
      } else {
        faults.error(location, of + told.what(), told.remedy());
      }
    }
    return false;
  }

  /**
   * A fault in words.
   *
   * @param word the text in the file that is wrong; empty when it is not known
   */
  private record Told(String word, String what, String remedy, boolean isBean) {
    Told(String word, String what, String remedy) {
      this(word, what, remedy, false);
    }
  }

  private static boolean isOfDryStart(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof StandIns.NotShownException
          || cause instanceof UnsupportedOperationException
          || cause instanceof NullPointerException
          || String.valueOf(cause.getMessage()).contains(DryContext.class.getName())
          || UNSET.matcher(String.valueOf(cause.getMessage())).find()) {
        return true;
      }
    }
    return false;
  }

  private Told told(String step, Throwable thrown) {
    // An expression that names an unknown bean is refused as one that cannot be read.
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof NoSuchBeanException unknown && unknown.getName() != null) {
        return bean(unknown.getName());
      }
    }
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      Optional<Told> known = known(cause);
      if (known.isPresent()) {
        return known.get();
      }
    }
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return new Told(
        "",
        "'" + step + "' cannot be built: " + DryContext.firstLine(root),
        "look up " + step + " in Camel's documentation of this version");
  }

  private Optional<Told> known(Throwable cause) {
    String message = String.valueOf(cause.getMessage());
    if (cause instanceof NoSuchLanguageException unknown) {
      return Optional.of(language(unknown.getLanguage()));
    }
    Matcher format = DATA_FORMAT.matcher(message);
    if (format.find()) {
      return Optional.of(dataFormat(format.group(1) == null ? format.group(2) : format.group(1)));
    }
    if (cause instanceof ClassNotFoundException && message.matches("[\\w.$]+")) {
      return Optional.of(
          new Told(message, "there is no class '" + message + "'", classes.remedy(message)));
    }
    if (cause instanceof PatternSyntaxException pattern) {
      return Optional.of(
          new Told(
              pattern.getPattern(),
              "the regular expression '"
                  + pattern.getPattern()
                  + "' cannot be read: "
                  + pattern.getDescription(),
              "correct the regular expression, or write \\ before a sign that is meant as it is"));
    }
    Matcher number = NUMBER.matcher(message);
    if (number.find()) {
      return Optional.of(
          new Told(
              number.group(1),
              "'" + number.group(1) + "' is no number and no time",
              "write a number, or a time such as 500, 30s or 1m30s"));
    }
    if (cause instanceof ExpressionIllegalSyntaxException expression) {
      String text = String.valueOf(expression.getExpression());
      return Optional.of(
          new Told(
              text,
              "the expression cannot be read: " + DryContext.firstLine(cause),
              ExpressionRules.remedy(text, DryContext.firstLine(cause))));
    }
    return Optional.empty();
  }

  private Told language(String name) {
    return new Told(
        name,
        "there is no language '" + name + "'",
        languages.contains(name) ? JAR + name : Suggest.remedy(name, shipped()));
  }

  private static Set<String> shipped() {
    return Set.of(
        "bean",
        "constant",
        "exchangeProperty",
        "header",
        "jsonpath",
        "simple",
        "tokenize",
        "variable",
        "xpath");
  }

  private Told dataFormat(String name) {
    if (dataFormats.contains(name)) {
      return new Told(name, "the data format '" + name + "' is not there", JAR + name);
    }
    return switch (name) {
      case "gson", "fastjson", "jsonb" ->
          new Told(
              name,
              "the library " + name + " of the data format json is not there",
              "write 'library: Jackson', or add its jar, camel-" + name);
      default ->
          new Told(
              name,
              "there is no data format '" + name + "'",
              Suggest.nearest(name, dataFormats)
                  .map(near -> "did you mean '" + near + "'?")
                  .orElse("add a bean of that name, or its jar"));
    };
  }

  private Told bean(String written) {
    String name = BeanRules.plain(written);
    return new Told(
        name,
        "there is no bean '" + name + "'",
        Suggest.nearest(name, beans.names())
            .map(near -> "did you mean '" + near + "'?")
            .orElse("add the bean under 'beans:' or as camel.beans." + name),
        true);
  }

  /** Whether another rule has found an error between the step's first line and its last. */
  private boolean isToldAlready(Source source, int line) {
    if (source.caller() != null) {
      return faults.hasErrorAt(source.caller()) || faults.hasErrorIn(source.file());
    }
    return IntStream.rangeClosed(line, lastLine(source, line))
        .anyMatch(one -> faults.hasErrorAt(new Location(source.file(), one)));
  }

  /** The line of the step's key, from 1. */
  private static int line(Source source, int index, String step) {
    return Spot.in(source.tree()).stream()
        .filter(spot -> valueLine(spot) == index + 1 && spot.key().equals(step))
        .findFirst()
        .map(spot -> spot.location().line())
        .orElse(index);
  }

  private static int lastLine(Source source, int line) {
    return Spot.in(source.tree()).stream()
        .filter(spot -> spot.location().line() == line || valueLine(spot) == line)
        .max(Comparator.comparingInt((Spot spot) -> -spot.path().size()))
        .map(spot -> Spot.in(spot.entry().value()))
        .orElse(List.of())
        .stream()
        .mapToInt(spot -> spot.location().line())
        .max()
        .orElse(line);
  }

  private static int valueLine(Spot spot) {
    return spot.entry().value().location().line();
  }

  /** The line of the wrong word within the step, else the step's own. */
  private static Location location(Source source, int line, String word) {
    if (source.caller() != null) {
      return source.caller();
    }
    int last = lastLine(source, line);
    return Spot.in(source.tree()).stream()
        .filter(spot -> !word.isEmpty())
        .filter(spot -> spot.location().line() >= line && spot.location().line() <= last)
        .filter(spot -> says(spot, word))
        .findFirst()
        .map(Spot::location)
        .orElse(line <= 0 ? Location.of(source.file()) : new Location(source.file(), line));
  }

  private static boolean says(Spot spot, String word) {
    Pattern asWord = Pattern.compile("(?<![\\w-])" + Pattern.quote(word) + "(?![\\w-])");
    return spot.key().equals(word)
        || spot.texts().stream()
            .map(YamlTree::text)
            .anyMatch(
                text ->
                    text.equalsIgnoreCase(word)
                        || BeanRules.plain(text).equals(word)
                        || asWord.matcher(text).find());
  }
}
