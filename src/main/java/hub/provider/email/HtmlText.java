package hub.provider.email;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.Set;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.nodes.Node;
import org.jsoup.nodes.TextNode;
import org.jsoup.parser.Parser;
import org.jsoup.select.NodeFilter;

/**
 * Converts HTML to plain text: paragraphs apart, list items marked, the addresses of links behind
 * their text. Takes time in proportion to the length of the HTML.
 */
final class HtmlText implements NodeFilter {
  private static final Set<String> HIDDEN = Set.of("head", "script", "style", "title", "template");

  /** Elements that a blank line separates. */
  private static final Set<String> PARAGRAPHS =
      Set.of("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "pre", "table");

  /** Elements that begin a new line. */
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

  /**
   * Longer HTML is cut, because its parsed tree takes many times its length in memory, and the
   * plain text is optional.
   */
  private static final int MAX_CHARACTERS = 128 * 1024;

  /** E-mails in practice nest some dozens deep. */
  private static final int MAX_DEPTH = 256;

  private static final Duration MAX_TIME = Duration.ofSeconds(2);
  private static final int CHARACTERS_AT_ONCE = 2_048;

  private final StringBuilder text = new StringBuilder();
  private final Deque<int[]> numbers = new ArrayDeque<>();
  private final Deque<Integer> links = new ArrayDeque<>();

  /** The depths at which an element has begun since its parent began. */
  private final BitSet begun = new BitSet();

  private final long end;
  private int hiddenDepth;
  private int preDepth;

  private final int maxLength;

  private HtmlText(int maxLength, long end) {
    this.maxLength = maxLength;
    this.end = end;
  }

  /**
   * The text of {@code html}, at most {@link #MAX_CHARACTERS}. When parsing takes too long, only
   * the text between the tags.
   */
  static String of(String html) {
    return of(html, MAX_CHARACTERS, MAX_TIME);
  }

  static String of(String html, int maxLength, Duration within) {
    String read = html.substring(0, Math.min(html.length(), maxLength));
    long end = System.nanoTime() + within.toNanos();
    try {
      Document page =
          Parser.htmlParser().setMaxDepth(MAX_DEPTH).parseInput(new TimedReader(read, end), "");
      HtmlText reader = new HtmlText(maxLength, end);
      page.filter(reader);
      return isOver(end) ? words(read) : bounded(reader.text, maxLength);
    } catch (UncheckedIOException e) {
      return words(read);
    }
  }

  private static boolean isOver(long end) {
    return System.nanoTime() - end >= 0;
  }

  private static String bounded(CharSequence text, int maxLength) {
    return text.subSequence(0, Math.min(text.length(), maxLength)).toString().strip();
  }

  /** Removes the tags in one pass, without structure. */
  private static String words(String html) {
    StringBuilder words = new StringBuilder();
    boolean tag = false;
    for (int i = 0; i < html.length(); i++) {
      char c = html.charAt(i);
      if (c == '<') {
        tag = true;
        words.append(' ');
      } else if (c == '>' && tag) {
        tag = false;
      } else if (!tag) {
        words.append(c);
      }
    }
    return words.toString().replaceAll("[ \\t]+", " ").strip();
  }

  /** Fails when the time is over, to stop the parser that reads from it. */
  private static final class TimedReader extends StringReader {
    private final long end;

    TimedReader(String text, long end) {
      super(text);
      this.end = end;
    }

    @Override
    public int read(char[] to, int offset, int length) throws IOException {
      if (isOver(end)) {
        throw new IOException("the page takes too long to read");
      }
      return super.read(to, offset, Math.min(length, CHARACTERS_AT_ONCE));
    }
  }

  @Override
  public FilterResult head(Node node, int depth) {
    if (node instanceof TextNode words && hiddenDepth == 0) {
      append(
          preDepth > 0
              ? words.getWholeText()
              : words.getWholeText().replaceAll("[\\s\\u00a0]+", " "));
    } else if (node instanceof Element element) {
      boolean first = !begun.get(depth);
      begun.set(depth);
      begun.clear(depth + 1);
      begin(element, element.normalName(), first);
    }
    return text.length() > maxLength || isOver(end) ? FilterResult.STOP : FilterResult.CONTINUE;
  }

  private void begin(Element element, String name, boolean first) {
    if (HIDDEN.contains(name)) {
      hiddenDepth++;
    }
    breakFor(name);
    switch (name) {
      case "br" -> text.append('\n');
      case "hr" -> text.append("----");
      case "a" -> links.push(text.length());
      case "pre" -> preDepth++;
      case "ul" -> numbers.push(new int[] {-1});
      case "ol" -> numbers.push(new int[] {0});
      case "li" -> text.append(marker());
      case "img" -> append(element.attr("alt"));
      case "td", "th" -> text.append(first ? "" : "  ");
      default -> {}
    }
  }

  private String marker() {
    String indent = "  ".repeat(Math.max(0, Math.min(8, numbers.size() - 1)));
    int[] number = numbers.peek();
    return indent + (number == null || number[0] < 0 ? "- " : ++number[0] + ". ");
  }

  @Override
  public FilterResult tail(Node node, int depth) {
    if (node instanceof Element element) {
      String name = element.normalName();
      if (HIDDEN.contains(name)) {
        hiddenDepth--;
      }
      if (name.equals("a")) {
        link(element);
      } else if (name.equals("pre")) {
        preDepth--;
      } else if (name.equals("ul") || name.equals("ol")) {
        numbers.poll();
      }
      breakFor(name);
    }
    return FilterResult.CONTINUE;
  }

  private void link(Element element) {
    String address = element.attr("href").strip();
    String label = address.replaceFirst("(?i)^mailto:", "");
    boolean leads = address.matches("(?i)(https?|mailto|tel):.+");
    int from = links.isEmpty() ? 0 : Math.min(links.pop(), text.length());
    // Compares with the text written so far: collecting the text of nested links would be
    // quadratic.
    boolean same =
        text.length() - from <= label.length() + 2 && text.substring(from).strip().equals(label);
    if (leads && hiddenDepth == 0 && !same) {
      append(" (" + label + ")");
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

  /** Ends the text with so many line feeds, unless it is empty. */
  private void endLines(int wanted) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == ' ') {
      end--;
    }
    text.setLength(end);
    int there = 0;
    // Counts only as many as wanted: a long run of line feeds would be counted again for each
    // element.
    while (there < Math.min(wanted, end) && text.charAt(end - 1 - there) == '\n') {
      there++;
    }
    if (end > there) {
      text.append("\n".repeat(Math.max(0, wanted - there)));
    }
  }

  private void append(String words) {
    boolean atStart = text.length() == 0 || Character.isWhitespace(text.charAt(text.length() - 1));
    text.append(atStart && preDepth == 0 ? words.stripLeading() : words);
  }
}
