package hub.monitoring;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names in a PromQL expression: metrics with the labels that select them, and labels that
 * results are grouped by.
 */
record PromQl(Map<String, Set<String>> metrics, Set<String> grouping) {
  private static final Set<String> GROUPERS =
      Set.of("by", "without", "on", "ignoring", "group_left", "group_right");
  private static final Set<String> OPERATORS = Set.of("and", "or", "unless", "offset", "bool");

  /** A text, a range, a duration or number, a name, or any other character. */
  private static final Pattern TOKEN =
      Pattern.compile(
          "\"(?:[^\"\\\\]|\\\\.)*\"|\\[[^]]*]|[0-9][0-9.a-z]*|[A-Za-z_:$][A-Za-z0-9_:]*|\\S");

  static PromQl of(String expression) {
    Map<String, Set<String>> metrics = new LinkedHashMap<>();
    Set<String> grouping = new TreeSet<>();
    Matcher token = TOKEN.matcher(expression);
    String metric = "";
    boolean selecting = false;
    boolean grouped = false;
    boolean groups = false;
    while (token.find()) {
      String word = token.group();
      boolean name = word.matches("[A-Za-z_:].*");
      if (word.equals("{")) {
        selecting = true;
      } else if (word.equals("}")) {
        selecting = false;
      } else if (groups && word.equals("(")) {
        grouped = true;
      } else if (grouped && word.equals(")")) {
        grouped = false;
      } else if (name && selecting) {
        metrics.get(metric).add(word);
      } else if (name && grouped) {
        grouping.add(word);
      } else if (name && !GROUPERS.contains(word) && !OPERATORS.contains(word)) {
        if (!expression.substring(token.end()).matches("(?s)\\s*(\\(|(by|without)\\b).*")) {
          metric = word;
          metrics.computeIfAbsent(word, any -> new TreeSet<>());
        }
      }
      groups = GROUPERS.contains(word);
    }
    return new PromQl(metrics, grouping);
  }
}
