package hub.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A line to a server that can be cut, refuse to connect, go silent, and lose answers. */
public final class FaultyLine implements AutoCloseable {
  private final InetSocketAddress server;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final AtomicLong requests = new AtomicLong();
  private final AtomicInteger commitsToLose = new AtomicInteger();
  private final Object gate = new Object();
  private final ServerSocket listener;
  private volatile boolean cut;
  private boolean silent;

  public FaultyLine(String host, int serverPort) {
    this.server = new InetSocketAddress(host, serverPort);
    try {
      this.listener = new ServerSocket();
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      daemon(() -> accept(listener));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept(ServerSocket socket) {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        if (cut) {
          client.close();
          continue;
        }
        Socket upstream = new Socket();
        upstream.connect(server);
        open.add(client);
        open.add(upstream);
        daemon(() -> pass(client, upstream, requests, false));
        daemon(() -> pass(upstream, client, new AtomicLong(), true));
      } catch (IOException e) {
        // The line was cut.
      }
    }
  }

  private void pass(Socket from, Socket to, AtomicLong count, boolean isAnswer) {
    byte[] buffer = new byte[16_384];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        waitWhileSilent();
        if (isAnswer && isLostCommit(buffer, read)) {
          return;
        }
        count.incrementAndGet();
        to.getOutputStream().write(buffer, 0, read);
      }
    } catch (IOException e) {
      // The line was cut.
    }
  }

  private boolean isLostCommit(byte[] buffer, int length) {
    return commitsToLose.get() > 0
        && new String(buffer, 0, length, StandardCharsets.ISO_8859_1).contains("COMMIT\0")
        && commitsToLose.getAndDecrement() > 0;
  }

  private void waitWhileSilent() {
    synchronized (gate) {
      while (silent) {
        try {
          gate.wait();
        } catch (InterruptedException e) {
          return;
        }
      }
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "faulty-line");
    thread.setDaemon(true);
    thread.start();
  }

  /** Breaks off the next connections whose server has committed, before it says so. */
  public void loseCommits(int next) {
    commitsToLose.set(next);
  }

  /** How often a client has sent something. */
  public long requests() {
    return requests.get();
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Breaks off every connection, new ones at once, until {@link #mend}. Keeps its port. */
  public void cut() {
    cut = true;
    hangUp();
  }

  /** Keeps connections, even new ones, but nothing comes through until {@link #mend}. */
  public void silence() {
    synchronized (gate) {
      silent = true;
    }
  }

  public void mend() {
    synchronized (gate) {
      silent = false;
      gate.notifyAll();
    }
    cut = false;
  }

  @Override
  public void close() {
    cut = true;
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    hangUp();
  }

  private void hangUp() {
    try {
      for (Socket socket : open) {
        socket.close();
      }
      open.clear();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
