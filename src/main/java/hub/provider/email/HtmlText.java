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
 * An HTML page as somebody reads it who sees no HTML: paragraphs apart, list items marked, the
 * addresses of links behind their words. Takes time in proportion to the page's length.
 */
final class HtmlText implements NodeFilter {
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

  /**
   * The plain text is a courtesy: a page that is longer is read as far as that, because its tree
   * takes many times its length of memory.
   */
  private static final int MAX_CHARACTERS = 128 * 1024;

  /** Real pages nest some dozens deep. */
  private static final int DEEPEST = 256;

  private static final Duration LONGEST = Duration.ofSeconds(2);
  private static final int CHARACTERS_AT_ONCE = 2_048;

  private final StringBuilder text = new StringBuilder();
  private final Deque<int[]> numbers = new ArrayDeque<>();
  private final Deque<Integer> links = new ArrayDeque<>();

  /** The depths at which an element has begun since their parent did. */
  private final BitSet begun = new BitSet();

  private final long end;
  private int unseen;
  private int pre;

  private final int most;

  private HtmlText(int most, long end) {
    this.most = most;
    this.end = end;
  }

  /** At most {@link #MAX_CHARACTERS}; the words between the tags where reading takes too long. */
  static String of(String html) {
    return of(html, MAX_CHARACTERS, LONGEST);
  }

  static String of(String html, int most, Duration within) {
    String read = html.substring(0, Math.min(html.length(), most));
    long end = System.nanoTime() + within.toNanos();
    try {
      Document page =
          Parser.htmlParser().setMaxDepth(DEEPEST).parseInput(new TimedReader(read, end), "");
      HtmlText reader = new HtmlText(most, end);
      page.filter(reader);
      return isOver(end) ? words(read) : bounded(reader.text, most);
    } catch (UncheckedIOException e) {
      return words(read);
    }
  }

  private static boolean isOver(long end) {
    return System.nanoTime() - end >= 0;
  }

  private static String bounded(CharSequence text, int most) {
    return text.subSequence(0, Math.min(text.length(), most)).toString().strip();
  }

  /** One pass, no structure. */
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

  /** Stops a parser, which takes some bytes at a time, when its time is over. */
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
    if (node instanceof TextNode words && unseen == 0) {
      append(
          pre > 0 ? words.getWholeText() : words.getWholeText().replaceAll("[\\s\\u00a0]+", " "));
    } else if (node instanceof Element element) {
      boolean first = !begun.get(depth);
      begun.set(depth);
      begun.clear(depth + 1);
      begin(element, element.normalName(), first);
    }
    return text.length() > most || isOver(end) ? FilterResult.STOP : FilterResult.CONTINUE;
  }

  private void begin(Element element, String name, boolean first) {
    if (UNSEEN.contains(name)) {
      unseen++;
    }
    breakFor(name);
    switch (name) {
      case "br" -> text.append('\n');
      case "hr" -> text.append("----");
      case "a" -> links.push(text.length());
      case "pre" -> pre++;
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
    return FilterResult.CONTINUE;
  }

  private void link(Element element) {
    String address = element.attr("href").strip();
    String shown = address.replaceFirst("(?i)^mailto:", "");
    boolean leads = address.matches("(?i)(https?|mailto|tel):.+");
    int from = links.isEmpty() ? 0 : Math.min(links.pop(), text.length());
    // Read from what is written already: the words of nested links would be collected many times.
    boolean same =
        text.length() - from <= shown.length() + 2 && text.substring(from).strip().equals(shown);
    if (leads && unseen == 0 && !same) {
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
    // No further than it matters: a run of line feeds would be counted again for each element.
    while (there < Math.min(wanted, end) && text.charAt(end - 1 - there) == '\n') {
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
