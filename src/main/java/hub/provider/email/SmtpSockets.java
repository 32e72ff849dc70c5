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
 * The sockets of one SMTP session. All are closed when the time is over, even if the server keeps
 * sending, and none reads more than a limit.
 */
final class SmtpSockets extends SocketFactory implements AutoCloseable {
  /** A server sends a few lines of at most 512 bytes; the rest is for certificates. */
  private static final int MAX_BYTES = 256 * 1024;

  private static final ScheduledExecutorService GUARD =
      Executors.newSingleThreadScheduledExecutor(DaemonThreads.factory("smtp-guard"));

  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final Duration within;
  private final Future<?> guard;
  private volatile boolean expired;

  SmtpSockets(Duration within) {
    this.within = within;
    this.guard = GUARD.schedule(this::expire, within.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void expire() {
    expired = true;
    sockets.forEach(SmtpSockets::closeQuietly);
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is closed already.
    }
  }

  /**
   * The exception to throw instead of the one that closing the sockets caused; empty while there is
   * time.
   */
  Optional<MessagingException> timedOut() {
    return expired
        ? Optional.of(
            new MessagingException(
                "no end within " + within.toMillis() + " ms", new SocketTimeoutException()))
        : Optional.empty();
  }

  @Override
  public Socket createSocket() {
    Socket socket = new BoundedSocket();
    sockets.add(socket);
    if (expired) {
      closeQuietly(socket);
    }
    return socket;
  }

  private static final class BoundedSocket extends Socket {
    @Override
    public InputStream getInputStream() throws IOException {
      return new BoundedInputStream(super.getInputStream(), MAX_BYTES);
    }
  }

  @Override
  public void close() {
    guard.cancel(false);
    sockets.forEach(SmtpSockets::closeQuietly);
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw new UnsupportedOperationException("sockets are connected by their caller");
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
