package hub.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** A line to a server that can be cut, refuse to connect, and go silent. */
public final class FaultyLine implements AutoCloseable {
  private final InetSocketAddress server;
  private final int port;
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final AtomicLong requests = new AtomicLong();
  private final Object gate = new Object();
  private volatile ServerSocket listener;
  private boolean silent;

  public FaultyLine(String host, int serverPort) {
    this.server = new InetSocketAddress(host, serverPort);
    this.port = listen(0);
  }

  private int listen(int wanted) {
    try {
      ServerSocket socket = new ServerSocket();
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
      listener = socket;
      daemon(() -> accept(socket));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept(ServerSocket socket) {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        Socket upstream = new Socket();
        upstream.connect(server);
        open.add(client);
        open.add(upstream);
        daemon(() -> pass(client, upstream, requests));
        daemon(() -> pass(upstream, client, new AtomicLong()));
      } catch (IOException e) {
        // The line was cut.
      }
    }
  }

  private void pass(Socket from, Socket to, AtomicLong count) {
    byte[] buffer = new byte[16_384];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        waitWhileSilent();
        count.incrementAndGet();
        to.getOutputStream().write(buffer, 0, read);
      }
    } catch (IOException e) {
      // The line was cut.
    }
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

  /** How often a client has sent something. */
  public long requests() {
    return requests.get();
  }

  public int port() {
    return port;
  }

  /** Breaks off every connection and refuses new ones until {@link #mend}. */
  public void cut() {
    close();
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
    if (listener.isClosed()) {
      listen(port);
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Socket socket : open) {
        socket.close();
      }
      open.clear();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
