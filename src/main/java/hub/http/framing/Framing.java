package hub.http.framing;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Follows the bytes of one HTTP/1 connection and stops at the first that another reader could take
 * for something else: where a line, a head or a body ends must be beyond doubt. Stricter than RFC
 * 9112 where leniency is of use to attackers alone, for instance in white space around
 * Content-Length. Checks the form alone; limits of size are the decoder's. Not thread-safe.
 */
final class Framing {
  private enum State {
    BEFORE_REQUEST,
    METHOD,
    TARGET,
    VERSION,
    LINE_START,
    NAME,
    VALUE,
    BODY,
    CHUNK_SIZE,
    CHUNK_EXTENSION,
    CHUNK_DATA,
    CHUNK_END
  }

  /** RFC 9110's separators; every other visible ASCII character may stand in a name. */
  private static final String NO_TOKEN = "\"(),/:;<=>?@[\\]{}";

  /** Longer than the longest name or value that matters here. */
  private static final int KEPT_BYTES = 32;

  /** A length of more digits is beyond what anybody can send. */
  private static final int LENGTH_DIGITS = 18;

  private static final int CHUNK_DIGITS = 8;

  /** Nobody uses extensions; RFC 9112 wants a server to bound them. */
  private static final int EXTENSION_BYTES = 256;

  private State state = State.BEFORE_REQUEST;

  /** A CR came; a LF must follow. */
  private boolean cr;

  private boolean emptyLine;
  private boolean trailer;
  private final byte[] kept = new byte[KEPT_BYTES];
  private int length;
  private String framingName;

  private boolean http11;
  private int hosts;
  private boolean chunked;

  /** Of Content-Length; negative: there is none. */
  private long declared;

  /** Of the body or chunk that is being read. */
  private long left;

  private int messageStart;

  /**
   * Reads all that is readable, without moving the reader's index.
   *
   * @throws FramingFault at the first fault; {@link #messageStart} then tells where the request
   *     begins that has it. Nothing may be read after that
   */
  void read(ByteBuf bytes) throws FramingFault {
    int from = bytes.readerIndex();
    int end = bytes.writerIndex();
    messageStart = isInBody() ? -1 : 0;
    for (int i = from; i < end; i++) {
      if (state == State.BODY || state == State.CHUNK_DATA) {
        int skipped = (int) Math.min(left, end - i);
        left -= skipped;
        i += skipped - 1;
        if (left == 0) {
          endOfData(i + 1 - from);
        }
      } else {
        take(bytes.getByte(i) & 0xff, i + 1 - from);
      }
    }
  }

  /**
   * Where in the bytes read last the current request begins; 0 also when that was before them;
   * negative when they began within its body.
   */
  int messageStart() {
    return messageStart;
  }

  private boolean isInBody() {
    return trailer || state.compareTo(State.BODY) >= 0;
  }

  private void endOfData(int next) {
    if (state == State.BODY) {
      endOfMessage(next);
    } else {
      state = State.CHUNK_END;
    }
  }

  private void endOfMessage(int next) {
    state = State.BEFORE_REQUEST;
    emptyLine = false;
    trailer = false;
    messageStart = next;
  }

  private void take(int b, int next) throws FramingFault {
    if (cr) {
      if (b != '\n') {
        throw FramingFault.malformed("A line ends with CR and LF; here a CR stands alone.");
      }
      cr = false;
      endOfLine(next);
    } else if (b == '\r') {
      cr = true;
    } else if (b == '\n') {
      throw FramingFault.malformed("A line ends with CR and LF; here a LF stands alone.");
    } else if ((b < ' ' && b != '\t') || b == 0x7f) {
      throw FramingFault.malformed("A control character stands outside of a body.");
    } else {
      within(b);
    }
  }

  private void within(int b) throws FramingFault {
    switch (state) {
      case BEFORE_REQUEST -> {
        requireToken(b, "The request's method is not one.");
        state = State.METHOD;
      }
      case METHOD -> {
        if (b == ' ') {
          length = 0;
          state = State.TARGET;
        } else {
          requireToken(b, "The request's method is not one.");
        }
      }
      case TARGET -> target(b);
      case VERSION -> keep(b);
      case LINE_START -> {
        requireToken(b, "A header begins with its name; none goes on in a second line.");
        length = 0;
        keep(b);
        state = State.NAME;
      }
      case NAME -> {
        if (b == ':') {
          framingName = framingName();
          length = 0;
          state = State.VALUE;
        } else {
          requireToken(
              b, "A header's name is letters, digits and hyphens, with a colon behind it.");
          keep(b);
        }
      }
      case VALUE -> {
        if (framingName != null) {
          keep(b);
        }
      }
      case CHUNK_SIZE -> chunkSize(b);
      case CHUNK_EXTENSION -> extension(b);
      default -> throw FramingFault.malformed("A chunk is longer than it says.");
    }
  }

  private void target(int b) throws FramingFault {
    if (b == ' ' && length > 0) {
      length = 0;
      state = State.VERSION;
    } else if (b == ' ' || b == '\t') {
      throw FramingFault.malformed(
          "The request's first line has other white space than two blanks.");
    } else {
      length = 1;
    }
  }

  private void chunkSize(int b) throws FramingFault {
    int digit = Character.digit(b, 16);
    if (b < 0x80 && digit >= 0 && length < CHUNK_DIGITS) {
      left = left * 16 + digit;
      length++;
    } else if (b == ';' && length > 0) {
      length = 0;
      state = State.CHUNK_EXTENSION;
    } else {
      throw FramingFault.malformed("A chunk's size is not a short hexadecimal number.");
    }
  }

  private void extension(int b) throws FramingFault {
    if ((b != ';' && b != '=' && !isToken(b)) || ++length > EXTENSION_BYTES) {
      throw FramingFault.malformed("A chunk has an extension that the hub does not read.");
    }
  }

  private void endOfLine(int next) throws FramingFault {
    switch (state) {
      case BEFORE_REQUEST -> {
        // Old clients send one after a body.
        if (emptyLine) {
          throw FramingFault.malformed("More than one empty line stands before the request.");
        }
        emptyLine = true;
      }
      case VERSION -> version();
      case VALUE -> {
        header();
        state = State.LINE_START;
      }
      case LINE_START -> endOfHeaders(next);
      case CHUNK_SIZE, CHUNK_EXTENSION -> endOfChunkLine();
      case CHUNK_END -> beginChunk();
      default -> throw FramingFault.malformed("A line of the request ends too early.");
    }
  }

  private void version() throws FramingFault {
    String version = kept();
    if (!version.equals("HTTP/1.1") && !version.equals("HTTP/1.0")) {
      throw version.matches("HTTP/\\d\\.\\d")
          ? FramingFault.version()
          : FramingFault.malformed("The request's first line does not end with HTTP/1.1.");
    }
    http11 = version.equals("HTTP/1.1");
    hosts = 0;
    chunked = false;
    declared = -1;
    state = State.LINE_START;
  }

  /** The name, in lower case, where it matters to the framing; else null. */
  private String framingName() {
    return switch (length) {
      case 4, 14, 17, 18 -> {
        String name = kept().toLowerCase(Locale.ROOT);
        yield switch (name) {
          case "host",
              "content-length",
              "transfer-encoding",
              "sec-websocket-key1",
              "sec-websocket-key2" ->
              name;
          default -> null;
        };
      }
      default -> null;
    };
  }

  private void header() throws FramingFault {
    if (framingName == null) {
      return;
    }
    if (trailer) {
      throw FramingFault.malformed("What frames a request may not stand behind its body.");
    }
    switch (framingName) {
      case "host" -> hosts++;
      case "content-length" -> contentLength();
      case "transfer-encoding" -> transferEncoding();
      default -> throw FramingFault.malformed("Web sockets of the year 2010 are not spoken here.");
    }
  }

  private void contentLength() throws FramingFault {
    String value = value();
    if (declared >= 0) {
      throw FramingFault.malformed("Content-Length stands there twice.");
    }
    if (!value.matches("0|[1-9]\\d{0," + (LENGTH_DIGITS - 1) + "}")) {
      throw FramingFault.malformed("Content-Length is not a plain decimal number.");
    }
    declared = Long.parseLong(value);
  }

  private void transferEncoding() throws FramingFault {
    if (!http11) {
      throw FramingFault.malformed("HTTP/1.0 has no Transfer-Encoding.");
    }
    if (chunked || !value().equals("chunked")) {
      throw FramingFault.malformed("Transfer-Encoding is something else than chunked, once.");
    }
    chunked = true;
  }

  private void endOfHeaders(int next) throws FramingFault {
    if (trailer) {
      endOfMessage(next);
      return;
    }
    if (chunked && declared >= 0) {
      throw FramingFault.malformed("Transfer-Encoding and Content-Length do not go together.");
    }
    if (hosts > 1 || (http11 && hosts == 0)) {
      throw FramingFault.malformed("The header Host must stand there once.");
    }
    if (chunked) {
      beginChunk();
    } else if (declared > 0) {
      left = declared;
      state = State.BODY;
    } else {
      endOfMessage(next);
    }
  }

  private void beginChunk() {
    left = 0;
    length = 0;
    state = State.CHUNK_SIZE;
  }

  private void endOfChunkLine() throws FramingFault {
    if (state == State.CHUNK_SIZE && length == 0) {
      throw FramingFault.malformed("A chunk's size is missing.");
    }
    if (left > Integer.MAX_VALUE) {
      throw FramingFault.malformed("A chunk is larger than the hub can read.");
    }
    trailer = left == 0;
    state = trailer ? State.LINE_START : State.CHUNK_DATA;
  }

  private void keep(int b) {
    if (length < KEPT_BYTES) {
      kept[length] = (byte) b;
    }
    length++;
  }

  /** Cut where it is too long to matter, and then it is none that matters. */
  private String kept() {
    return new String(kept, 0, Math.min(length, KEPT_BYTES), StandardCharsets.ISO_8859_1);
  }

  /** Without the one blank that everybody writes behind the colon. */
  private String value() {
    String value = kept();
    return value.startsWith(" ") ? value.substring(1) : value;
  }

  private static void requireToken(int b, String otherwise) throws FramingFault {
    if (!isToken(b)) {
      throw FramingFault.malformed(otherwise);
    }
  }

  private static boolean isToken(int b) {
    return b > ' ' && b < 0x7f && NO_TOKEN.indexOf(b) < 0;
  }
}
