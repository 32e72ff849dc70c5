package hub.testing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** A connection that sends what no well-behaved client would. */
public final class RawHttp implements AutoCloseable {
  private final Socket socket;

  public RawHttp(int port) throws IOException {
    this(new Socket("localhost", port));
  }

  /**
   * For a reader whose pace the sender must see: the system would take megabytes ahead of it.
   *
   * @param receiveBuffer bytes that the system takes before they are read
   */
  public static RawHttp withReceiveBuffer(int port, int receiveBuffer) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(receiveBuffer);
    socket.connect(new InetSocketAddress("localhost", port));
    return new RawHttp(socket);
  }

  /** Over TLS, with HTTP/1.1. */
  public RawHttp(int port, SSLContext trusting) throws IOException {
    this(trusting.getSocketFactory().createSocket("localhost", port));
  }

  private RawHttp(Socket connected) throws IOException {
    socket = connected;
    socket.setTcpNoDelay(true);
    timeout(Duration.ofSeconds(20));
  }

  public RawHttp timeout(Duration time) throws IOException {
    socket.setSoTimeout((int) time.toMillis());
    return this;
  }

  /** Lines of a head, ended by an empty one. */
  public RawHttp head(String... lines) throws IOException {
    return write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(ISO_8859_1));
  }

  public RawHttp write(byte[] bytes) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(bytes);
    out.flush();
    return this;
  }

  public RawHttp chunk(byte[] bytes) throws IOException {
    write((Integer.toHexString(bytes.length) + "\r\n").getBytes(ISO_8859_1));
    write(bytes);
    return write("\r\n".getBytes(ISO_8859_1));
  }

  public RawHttp lastChunk() throws IOException {
    return write("0\r\n\r\n".getBytes(ISO_8859_1));
  }

  /** An answer as it came over the wire. */
  public record Reply(int status, List<String> head, String body) {
    public Optional<String> header(String name) {
      String start = name.toLowerCase(Locale.ROOT) + ":";
      return head.stream()
          .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
          .map(line -> line.substring(start.length()).trim())
          .findFirst();
    }
  }

  /** Reads one answer; it must tell its length. */
  public Reply reply() throws IOException {
    return withBody(headReply());
  }

  /** Reads one answer to HEAD, which has no body whatever length it tells. */
  public Reply headReply() throws IOException {
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("closed after: " + head.toString(ISO_8859_1));
      }
      head.write(b);
    }
    List<String> lines = Arrays.asList(head.toString(ISO_8859_1).trim().split("\r\n", -1));
    return new Reply(Integer.parseInt(lines.get(0).split(" ", -1)[1]), lines, "");
  }

  private Reply withBody(Reply bare) throws IOException {
    int length = bare.header("Content-Length").map(Integer::valueOf).orElse(0);
    byte[] body = socket.getInputStream().readNBytes(length);
    return new Reply(bare.status(), bare.head(), new String(body, ISO_8859_1));
  }

  /** The next character of what comes. */
  public char read() throws IOException {
    int next = socket.getInputStream().read();
    if (next < 0) {
      throw new IOException("closed");
    }
    return (char) next;
  }

  /** Reads past at most {@code most} bytes; answers how many. */
  public int skip(int most) throws IOException {
    int read = socket.getInputStream().read(new byte[most]);
    if (read < 0) {
      throw new IOException("closed");
    }
    return read;
  }

  /** Whether the other side has hung up within the time-out. */
  public boolean isCutOff() {
    try {
      return socket.getInputStream().read() < 0;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
