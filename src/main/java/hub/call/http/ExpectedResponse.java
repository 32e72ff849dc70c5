package hub.call.http;

import java.util.Locale;

/** The form of a successful response that a route can read. */
enum ExpectedResponse {
  /** JSON, or text other than HTML. */
  JSON,
  /** Anything: JSON as maps and lists, everything else as text. */
  ANY,
  /** Nothing: the body is null afterwards. */
  NONE;

  /**
   * @throws IllegalArgumentException for an unknown name
   */
  static ExpectedResponse of(String name) {
    try {
      return valueOf(name.strip().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("expect: '" + name + "' is not one of json, any, none", e);
    }
  }
}
