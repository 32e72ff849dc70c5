package hub.email;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.select.NodeVisitor;

/**
 * An HTML page as somebody reads it who sees no HTML: paragraphs apart, list items marked, the
 * addresses of links behind their words.
 */
final class HtmlText implements NodeVisitor {
  private static final Set<String> UNSEEN = Set.of("head", "script", "style", "title", "template");

  /** Stand apart by a blank line. */
  private static final Set<String> PARAGRAPHS =
      Set.of("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "pre", "table");

  /** Begin on a line of their own. */
  private static final Set<String> LINES =
      Set.of(
          "div",
          "li",
          "tr",
          "section",
          "article",
          "header",
          "footer",
          "dt",
          "dd",
          "address",
          "form",
          "fieldset",
          "figure",
          "main",
          "nav",
          "hr");

  private final StringBuilder text = new StringBuilder();
  private final Deque<int[]> numbers = new ArrayDeque<>();
  private int unseen;
  private int pre;

  private HtmlText() {}

  static String of(String html) {
    HtmlText reader = new HtmlText();
    Jsoup.parse(html).traverse(reader);
    return reader.text.toString().strip();
  }

  @Override
  public void head(Node node, int depth) {
    if (node instanceof TextNode words && unseen == 0) {
      append(
          pre > 0 ? words.getWholeText() : words.getWholeText().replaceAll("[\\s\\u00a0]+", " "));
    } else if (node instanceof Element element) {
      begin(element, element.normalName());
    }
  }

  private void begin(Element element, String name) {
    if (UNSEEN.contains(name)) {
      unseen++;
    }
    breakFor(name);
    switch (name) {
      case "br" -> text.append('\n');
      case "hr" -> text.append("----");
      case "pre" -> pre++;
      case "ul" -> numbers.push(new int[] {-1});
      case "ol" -> numbers.push(new int[] {0});
      case "li" -> text.append(marker());
      case "img" -> append(element.attr("alt"));
      case "td", "th" -> cell(element);
      default -> {}
    }
  }

  private String marker() {
    String indent = "  ".repeat(Math.max(0, Math.min(8, numbers.size() - 1)));
    int[] number = numbers.peek();
    return indent + (number == null || number[0] < 0 ? "- " : ++number[0] + ". ");
  }

  private void cell(Element element) {
    if (element.elementSiblingIndex() > 0) {
      text.append("  ");
    }
  }

  @Override
  public void tail(Node node, int depth) {
    if (node instanceof Element element) {
      String name = element.normalName();
      if (UNSEEN.contains(name)) {
        unseen--;
      }
      if (name.equals("a")) {
        link(element);
      } else if (name.equals("pre")) {
        pre--;
      } else if (name.equals("ul") || name.equals("ol")) {
        numbers.poll();
      }
      breakFor(name);
    }
  }

  private void link(Element element) {
    String address = element.attr("href").strip();
    String shown = address.replaceFirst("(?i)^mailto:", "");
    boolean leads = address.matches("(?i)(https?|mailto|tel):.+");
    if (leads && unseen == 0 && !element.text().strip().equals(shown)) {
      append(" (" + shown + ")");
    }
  }

  private void breakFor(String name) {
    if (PARAGRAPHS.contains(name) && !(isList(name) && !numbers.isEmpty())) {
      endLines(2);
    } else if (LINES.contains(name) || isList(name)) {
      endLines(1);
    }
  }

  private static boolean isList(String name) {
    return name.equals("ul") || name.equals("ol");
  }

  /** Leaves so many line feeds at the end, unless nothing stands before them. */
  private void endLines(int wanted) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == ' ') {
      end--;
    }
    text.setLength(end);
    int there = 0;
    while (there < end && text.charAt(end - 1 - there) == '\n') {
      there++;
    }
    if (end > there) {
      text.append("\n".repeat(Math.max(0, wanted - there)));
    }
  }

  private void append(String words) {
    boolean atStart = text.length() == 0 || Character.isWhitespace(text.charAt(text.length() - 1));
    text.append(atStart && pre == 0 ? words.stripLeading() : words);
  }
}
