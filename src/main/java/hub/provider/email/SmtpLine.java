package hub.provider.email;

import hub.call.http.BoundedInputStream;
import hub.util.DaemonThreads;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.SocketFactory;

/**
 * The connections of one conversation, which all end after a time, however slowly the server drips,
 * and take no more than so many bytes, however much it says.
 */
final class SmtpLine extends SocketFactory implements AutoCloseable {
  /** A server says a few lines of at most 512 bytes; the rest is for their certificates. */
  private static final int MAX_BYTES = 256 * 1024;

  private static final ScheduledExecutorService GUARD =
      Executors.newSingleThreadScheduledExecutor(DaemonThreads.factory("smtp-guard"));

  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final Duration within;
  private final Future<?> guard;
  private volatile boolean late;

  SmtpLine(Duration within) {
    this.within = within;
    this.guard = GUARD.schedule(this::cut, within.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void cut() {
    late = true;
    sockets.forEach(SmtpLine::hangUp);
  }

  private static void hangUp(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone already.
    }
  }

  /** What to throw instead of the fault that cutting the line looks like. */
  Optional<MessagingException> timedOut() {
    return late
        ? Optional.of(
            new MessagingException(
                "no end within " + within.toMillis() + " ms", new SocketTimeoutException()))
        : Optional.empty();
  }

  @Override
  public Socket createSocket() {
    Socket socket = new Bounded();
    sockets.add(socket);
    if (late) {
      hangUp(socket);
    }
    return socket;
  }

  private static final class Bounded extends Socket {
    @Override
    public InputStream getInputStream() throws IOException {
      return new BoundedInputStream(super.getInputStream(), MAX_BYTES);
    }
  }

  @Override
  public void close() {
    guard.cancel(false);
    sockets.forEach(SmtpLine::hangUp);
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw new UnsupportedOperationException("sockets are connected by their user");
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort) {
    return createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    return createSocket(host.getHostName(), port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
    return createSocket(host.getHostName(), port);
  }
}
