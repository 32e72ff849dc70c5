package hub.webhook.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Takes apart a list of fields such as Stripe's {@code t=1,v1=ab,v1=cd} or the {@code v1,ab v1,cd}
 * of Standard Webhooks. White space around names and values is skipped, unless it separates fields.
 * Fields without names are called by their number, from 0.
 *
 * @param separator between fields
 * @param assign between a field's name and its value; {@link #UNNAMED}: there are no names
 */
record SignatureFields(char separator, char assign) {
  static final char UNNAMED = 0;

  private static final Pattern FROM = Pattern.compile("\\d{1,4}\\+");

  static SignatureFields of(WebhookScheme.Format format) {
    return new SignatureFields(
        format.separator().charAt(0),
        format.assign().isEmpty() ? UNNAMED : format.assign().charAt(0));
  }

  /** A field; its value is empty when only the name is there. */
  record Field(String name, String value) {}

  List<Field> parse(String text) {
    List<Field> fields = new ArrayList<>();
    int start = 0;
    while (start <= text.length()) {
      int end = text.indexOf(separator, start);
      String field = text.substring(start, end < 0 ? text.length() : end);
      fields.add(
          assign == UNNAMED
              ? new Field(Integer.toString(fields.size()), stripped(field))
              : field(field));
      start = end < 0 ? text.length() + 1 : end + 1;
    }
    return fields;
  }

  private Field field(String text) {
    int at = text.indexOf(assign);
    return at < 0
        ? new Field(stripped(text), "")
        : new Field(stripped(text.substring(0, at)), stripped(text.substring(at + 1)));
  }

  private String stripped(String text) {
    return separator == ' ' ? text : text.strip();
  }

  /**
   * The values of all fields of a name.
   *
   * @param name {@code 1+}: of fields without names the second and those that follow
   */
  List<String> values(List<Field> fields, String name) {
    List<String> values = new ArrayList<>();
    if (assign == UNNAMED && FROM.matcher(name).matches()) {
      int first = Integer.parseInt(name.substring(0, name.length() - 1));
      fields.stream().skip(first).forEach(field -> values.add(field.value));
      return values;
    }
    for (Field field : fields) {
      if (field.name.equals(name)) {
        values.add(field.value);
      }
    }
    return values;
  }
}
