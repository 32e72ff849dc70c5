package hub.http.framing;

import java.util.Set;

/**
 * What the head of one HTTP/1 request says about the length of its body, by its version and the
 * headers Host, Content-Length and Transfer-Encoding. Not thread-safe.
 */
final class HeadFraming {
  /** Longer than the longest name or value that matters here. */
  static final int MAX_BYTES = 32;

  private static final Set<String> NAMES =
      Set.of(
          "host",
          "content-length",
          "transfer-encoding",
          "sec-websocket-key1",
          "sec-websocket-key2");

  /** A longer number is beyond any body. */
  private static final int LENGTH_DIGITS = 18;

  private static final long NONE = -1;

  private final boolean http11;
  private int hosts;
  private boolean chunked;
  private long contentLength = NONE;

  /**
   * @param version the last word of the request's first line
   * @throws FramingFault when it is neither HTTP/1.1 nor HTTP/1.0
   */
  HeadFraming(String version) throws FramingFault {
    if (!version.equals("HTTP/1.1") && !version.equals("HTTP/1.0")) {
      throw version.matches("HTTP/\\d\\.\\d")
          ? FramingFault.version()
          : FramingFault.malformed("The request's first line does not end with HTTP/1.1.");
    }
    this.http11 = version.equals("HTTP/1.1");
  }

  /** Whether a header of this name, in lower case, must go to {@link #add}. */
  static boolean isFraming(String name) {
    return NAMES.contains(name);
  }

  /**
   * Notes a header.
   *
   * @param name in lower case, one that {@link #isFraming}
   * @param value as sent; cut after {@link #MAX_BYTES}, where it is invalid anyway
   */
  void add(String name, String value) throws FramingFault {
    // Clients write one blank behind the colon.
    String bare = value.startsWith(" ") ? value.substring(1) : value;
    switch (name) {
      case "host" -> hosts++;
      case "content-length" -> addContentLength(bare);
      case "transfer-encoding" -> addTransferEncoding(bare);
      default -> throw FramingFault.malformed("Web sockets of the year 2010 are not spoken here.");
    }
  }

  private void addContentLength(String value) throws FramingFault {
    if (contentLength != NONE) {
      throw FramingFault.malformed("Content-Length stands there twice.");
    }
    if (!value.matches("0|[1-9]\\d{0," + (LENGTH_DIGITS - 1) + "}")) {
      throw FramingFault.malformed("Content-Length is not a plain decimal number.");
    }
    contentLength = Long.parseLong(value);
  }

  private void addTransferEncoding(String value) throws FramingFault {
    if (!http11) {
      throw FramingFault.malformed("HTTP/1.0 has no Transfer-Encoding.");
    }
    if (chunked || !value.equals("chunked")) {
      throw FramingFault.malformed("Transfer-Encoding is something else than chunked, once.");
    }
    chunked = true;
  }

  /** Checks the head as a whole, once all headers are noted. */
  void check() throws FramingFault {
    if (chunked && contentLength != NONE) {
      throw FramingFault.malformed("Transfer-Encoding and Content-Length do not go together.");
    }
    if (hosts > 1 || (http11 && hosts == 0)) {
      throw FramingFault.malformed("The header Host must stand there once.");
    }
  }

  boolean isChunked() {
    return chunked;
  }

  /** The length of a body that is not chunked; 0 or less when there is none. */
  long contentLength() {
    return contentLength;
  }
}
