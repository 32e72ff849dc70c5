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
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Sends requests over some connections, on each the next as soon as the last is answered, or so
 * many a second over all of them. One thread and no library, so that the sender takes as little as
 * it can of the processors that it shares with the hub.
 */
final class Load {
  /** Unless a load is told otherwise. */
  static final int CONNECTIONS = 64;

  /** One thread has many connections ready at a time; a silence this long is a fault. */
  private static final long SILENCE_MILLIS = 30_000;

  /** What a run measured; times from the first byte sent to the last one received. */
  record Result(int requests, double perSecond, double p50Millis, double p99Millis) {}

  private final Supplier<ByteBuffer> requests;
  private final int most;
  private final long endNanos;

  /** Between two requests; 0: as soon as may be. */
  private final long interval;

  /** Answered, and not yet time for the next one. */
  private final Deque<Connection> idle = new ArrayDeque<>();

  private long begun;
  private long[] nanos = new long[1 << 17];
  private int sent;
  private int answered;

  private Load(Supplier<ByteBuffer> requests, int most, long endNanos, long interval) {
    this.requests = requests;
    this.most = most;
    this.endNanos = endNanos;
    this.interval = interval;
  }

  /** Sends {@code most} requests, or what can be sent in {@code seconds}. */
  static Result of(int most, int seconds, int port, Supplier<ByteBuffer> requests)
      throws IOException {
    return of(most, seconds, port, requests, CONNECTIONS);
  }

  static Result of(int most, int seconds, int port, Supplier<ByteBuffer> requests, int connections)
      throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    return new Load(requests, most, end, 0).run(port, connections);
  }

  /** Offers so many requests a second, fewer only while no connection is free. */
  static Result paced(int perSecond, int seconds, int port, Supplier<ByteBuffer> requests)
      throws IOException {
    return paced(perSecond, seconds, port, requests, CONNECTIONS);
  }

  static Result paced(
      int perSecond, int seconds, int port, Supplier<ByteBuffer> requests, int connections)
      throws IOException {
    long interval = TimeUnit.SECONDS.toNanos(1) / perSecond;
    return new Load(requests, perSecond * seconds, Long.MAX_VALUE, interval).run(port, connections);
  }

  private Result run(int port, int connections) throws IOException {
    begun = System.nanoTime();
    try (Selector selector = Selector.open()) {
      int open = 0;
      for (int i = 0; i < connections && i < most; i++, open++) {
        idle.add(connect(selector, port));
      }
      while (open > 0) {
        open -= sendDue();
        if (open > 0 && selector.select(patience()) == 0 && idle.isEmpty()) {
          throw new IOException("the hub answers no more; " + answered + " answers so far");
        }
        for (SelectionKey key : selector.selectedKeys()) {
          Connection connection = (Connection) key.attachment();
          if (connection.isAnswered()) {
            idle.add(connection);
          }
        }
        selector.selectedKeys().clear();
      }
    }
    return result(System.nanoTime() - begun);
  }

  /**
   * @return how many connections have nothing left to do
   */
  private int sendDue() throws IOException {
    int ended = 0;
    while (!idle.isEmpty()) {
      boolean isOver = sent >= most || System.nanoTime() - endNanos >= 0;
      if (isOver) {
        idle.remove().channel.close();
        ended++;
      } else if (nanosToNext() <= 0) {
        idle.remove().send();
      } else {
        break;
      }
    }
    return ended;
  }

  private long nanosToNext() {
    return interval == 0 ? 0 : begun + sent * interval - System.nanoTime();
  }

  /** Milliseconds to wait for an answer. */
  private long patience() {
    return idle.isEmpty()
        ? SILENCE_MILLIS
        : Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanosToNext()));
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
      out = requests.get();
      begun = System.nanoTime();
      write();
    }

    private void write() throws IOException {
      channel.write(out);
      key.interestOps(
          out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }

    private boolean isAnswered() throws IOException {
      if (key.isWritable()) {
        write();
      }
      if (!key.isReadable()) {
        return false;
      }
      if (channel.read(in) < 0) {
        throw new IOException("the hub closed a connection");
      }
      if (!isWhole()) {
        return false;
      }
      note(System.nanoTime() - begun);
      in.clear();
      return true;
    }

    private boolean isWhole() throws IOException {
      String text = new String(in.array(), 0, in.position(), StandardCharsets.ISO_8859_1);
      int end = text.indexOf("\r\n\r\n");
      if (end < 0) {
        return false;
      }
      if (!text.startsWith("HTTP/1.1 20")) {
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
