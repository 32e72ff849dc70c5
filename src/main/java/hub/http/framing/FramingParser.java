package hub.http.framing;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Checks the framing of one HTTP/1 connection against request smuggling: the end of each line, head
 * and body must be unambiguous to every parser. Stricter than RFC 9112 where leniency helps
 * attackers only, for instance in white space around Content-Length. Checks no sizes; the decoder
 * limits them. Not thread-safe.
 */
final class FramingParser {
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

  /** The separators of RFC 9110; a name may contain all other visible ASCII characters. */
  private static final String NO_TOKEN = "\"(),/:;<=>?@[\\]{}";

  private static final int CHUNK_DIGITS = 8;

  /** RFC 9112 asks servers to limit chunk extensions; no client uses them. */
  private static final int EXTENSION_BYTES = 256;

  private State state = State.BEFORE_REQUEST;

  /** A CR came; a LF must follow. */
  private boolean cr;

  private boolean emptyLine;
  private boolean trailer;
  private final byte[] kept = new byte[HeadFraming.MAX_BYTES];
  private int length;
  private String framingName;

  private HeadFraming head;

  /** Bytes that are still to come of the current body or chunk. */
  private long left;

  private int messageStart;

  /**
   * Checks all readable bytes, without moving the reader's index.
   *
   * @throws FramingFault at the first fault; {@link #messageStart} is then the start of the faulty
   *     request. Nothing may be read afterwards
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
   * The index of the current request's first byte within the bytes read last; 0 when it began
   * earlier; negative when those bytes began within its body.
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
      case VERSION -> {
        head = new HeadFraming(kept());
        state = State.LINE_START;
      }
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

  /** The name, in lower case, when it matters to the framing; else null. */
  private String framingName() {
    return switch (length) {
      // The lengths of the names that matter; all others need no string.
      case 4, 14, 17, 18 -> {
        String name = kept().toLowerCase(Locale.ROOT);
        if (HeadFraming.isFraming(name)) {
          yield name;
        }
        yield null;
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
    head.add(framingName, kept());
  }

  private void endOfHeaders(int next) throws FramingFault {
    if (trailer) {
      endOfMessage(next);
      return;
    }
    head.check();
    if (head.isChunked()) {
      beginChunk();
    } else if (head.contentLength() > 0) {
      left = head.contentLength();
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
    if (length < kept.length) {
      kept[length] = (byte) b;
    }
    length++;
  }

  /** The kept text, cut to 32 bytes. No name or value that matters is longer. */
  private String kept() {
    return new String(kept, 0, Math.min(length, kept.length), StandardCharsets.ISO_8859_1);
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
