package hub.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Sends requests over some connections, on each the next as soon as the last is answered. One
 * thread and no library, so that the sender takes as little as it can of the processors that it
 * shares with the hub.
 */
final class Load {
  private static final int CONNECTIONS = 64;

  /** One thread has many connections ready at a time; a silence this long is a fault. */
  private static final long SILENCE_MILLIS = 30_000;

  /** What a run measured; times from the first byte sent to the last one received. */
  record Result(int requests, double perSecond, double p50Millis, double p99Millis) {}

  private final StripeEvents events;
  private final int most;
  private final long endNanos;
  private long[] nanos = new long[1 << 17];
  private int sent;
  private int answered;

  private Load(StripeEvents events, int most, long endNanos) {
    this.events = events;
    this.most = most;
    this.endNanos = endNanos;
  }

  /** Sends {@code most} requests, or what can be sent in {@code seconds}. */
  static Result of(int most, int seconds, int port, StripeEvents events) throws IOException {
    return new Load(events, most, System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds)).run(port);
  }

  private Result run(int port) throws IOException {
    long begun = System.nanoTime();
    try (Selector selector = Selector.open()) {
      int open = 0;
      for (int i = 0; i < CONNECTIONS && sent < most; i++, open++) {
        connect(selector, port).send();
      }
      while (open > 0) {
        if (selector.select(SILENCE_MILLIS) == 0) {
          throw new IOException("the hub answers no more; " + answered + " answers so far");
        }
        for (SelectionKey key : selector.selectedKeys()) {
          if (!((Connection) key.attachment()).goOn()) {
            key.channel().close();
            open--;
          }
        }
        selector.selectedKeys().clear();
      }
    }
    return result(System.nanoTime() - begun);
  }

  private Result result(long elapsed) {
    Arrays.sort(nanos, 0, answered);
    return new Result(answered, answered * 1e9 / elapsed, quantile(0.50), quantile(0.99));
  }

  private double quantile(double share) {
    return nanos[(int) Math.min(answered - 1L, Math.round(share * answered))] / 1e6;
  }

  private Connection connect(Selector selector, int port) throws IOException {
    SocketChannel channel =
        SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.configureBlocking(false);
    SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
    Connection connection = new Connection(channel, key);
    key.attach(connection);
    return connection;
  }

  private void note(long taken) {
    if (answered == nanos.length) {
      nanos = Arrays.copyOf(nanos, nanos.length * 2);
    }
    nanos[answered++] = taken;
  }

  private final class Connection {
    private final SocketChannel channel;
    private final SelectionKey key;
    private final ByteBuffer in = ByteBuffer.allocate(16 * 1024);
    private ByteBuffer out;
    private long begun;

    private Connection(SocketChannel channel, SelectionKey key) {
      this.channel = channel;
      this.key = key;
    }

    private void send() throws IOException {
      sent++;
      out = events.next();
      begun = System.nanoTime();
      write();
    }

    private void write() throws IOException {
      channel.write(out);
      key.interestOps(
          out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }

    /** False when this connection has nothing left to do. */
    private boolean goOn() throws IOException {
      if (key.isWritable()) {
        write();
      }
      if (!key.isReadable()) {
        return true;
      }
      if (channel.read(in) < 0) {
        throw new IOException("the hub closed a connection");
      }
      if (!isWhole()) {
        return true;
      }
      long now = System.nanoTime();
      note(now - begun);
      in.clear();
      if (sent >= most || now - endNanos >= 0) {
        return false;
      }
      send();
      return true;
    }

    private boolean isWhole() throws IOException {
      String text = new String(in.array(), 0, in.position(), StandardCharsets.ISO_8859_1);
      int end = text.indexOf("\r\n\r\n");
      if (end < 0) {
        return false;
      }
      if (!text.startsWith("HTTP/1.1 200 ")) {
        throw new IOException("not what was to be measured: " + text);
      }
      int at = text.indexOf("content-length: ");
      if (at < 0 || at > end) {
        throw new IOException("an answer without a length: " + text);
      }
      int from = at + "content-length: ".length();
      int length = Integer.parseInt(text, from, text.indexOf('\r', from), 10);
      return in.position() == end + 4 + length;
    }
  }
}
