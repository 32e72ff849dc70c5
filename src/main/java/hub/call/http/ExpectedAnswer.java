package hub.call.http;

import java.util.Locale;

/** What a route can read of an answer of success. */
enum ExpectedAnswer {
  /** JSON, or text that is no page of HTML. */
  JSON,
  /** Whatever comes: maps and lists for JSON, else text. */
  ANY,
  /** Nothing: the body is empty afterwards. */
  NONE;

  /**
   * @throws IllegalArgumentException for an unknown name
   */
  static ExpectedAnswer of(String name) {
    try {
      return valueOf(name.strip().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("expect: '" + name + "' is none of json, any, none", e);
    }
  }
}
