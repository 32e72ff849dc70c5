package hub.util.log;

/** Escapes control characters and characters that hide others. */
final class PrintableText {
  private static final String INDENT = "  ";

  private PrintableText() {}

  /**
   * Escapes {@code text} from {@code start} on.
   *
   * @param lines keep line breaks and indent each next line
   */
  static void from(StringBuilder text, int start, boolean lines) {
    if (isPlain(text, start)) {
      return;
    }
    String raw = text.substring(start);
    text.setLength(start);
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      boolean isLast = i + 1 == raw.length();
      if (lines && c == '\r' && !isLast && raw.charAt(i + 1) == '\n') {
        // The line feed that follows is the line break.
        continue;
      }
      if (lines && c == '\n') {
        text.append(isLast ? "\n" : "\n" + INDENT);
      } else if (isHarmful(c)) {
        text.append("\\u%04x".formatted((int) c));
      } else {
        text.append(c);
      }
    }
  }

  private static boolean isPlain(StringBuilder text, int start) {
    for (int i = start; i < text.length(); i++) {
      if (isHarmful(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /** Control characters except the tab, line separators, and format characters. */
  private static boolean isHarmful(char c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL -> c != '\t';
      case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.FORMAT -> true;
      default -> false;
    };
  }
}
