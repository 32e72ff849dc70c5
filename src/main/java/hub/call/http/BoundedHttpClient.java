package hub.call.http;

import hub.call.policy.ResponseTooLargeException;
import hub.util.DaemonThreads;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.CamelContext;

/**
 * Sends HTTP requests with a limit for the time until the last byte of the response, and one for
 * the size of its body. Follows no redirect, which could send credentials to a stranger. Tries
 * once; retries are the job of {@link hub.call.policy.CallPolicy}. Thread-safe.
 */
public final class BoundedHttpClient implements AutoCloseable {
  /** Name in the registry of the one for hosts that an engineer wrote. */
  public static final String BEAN = "http";

  /** Name of the one for hosts that a message says: they must be public, see {@link #checked}. */
  public static final String CHECKED = "checkedHttp";

  /** Methods that change nothing at the provider. */
  static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");

  /**
   * A request has one of these threads to itself, because a host name that nobody resolves holds it
   * for longer than any limit. {@code sendAsync} would take three, and on two processors start one
   * of them anew for each request.
   */
  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(DaemonThreads.numbered("hub-http"));

  /** Of a body that nobody reads: enough for an error's message. */
  private static final int BEGINNING_BYTES = 16 * 1024;

  private final HttpTransport transport;
  private final int maxBytes;
  private final Clock clock;
  private final Optional<HttpStub> stub;

  /**
   * @param connect limit for connecting
   * @param maxBytes the largest body of a response
   * @param clock tells when a response arrived
   */
  public BoundedHttpClient(Duration connect, int maxBytes, Clock clock) {
    this(new JdkTransport(connect), maxBytes, clock, Optional.empty());
  }

  /** The same for a hub; the {@link HttpStub} of its registry, if any, stands for the network. */
  public static BoundedHttpClient of(
      CamelContext context, Duration connect, int maxBytes, Clock clock) {
    return new BoundedHttpClient(new JdkTransport(connect), maxBytes, clock, stub(context));
  }

  /**
   * The same for hosts that a message says: connects only to an address that {@code addresses}
   * allow, and to the very one that was checked. A host that is elsewhere is a failure that no
   * retry mends.
   */
  public static BoundedHttpClient checked(
      CamelContext context,
      PublicAddresses addresses,
      Duration connect,
      int maxBytes,
      Clock clock) {
    return new BoundedHttpClient(
        new CheckedTransport(addresses, connect), maxBytes, clock, stub(context));
  }

  private static Optional<HttpStub> stub(CamelContext context) {
    return Optional.ofNullable(
        context.getRegistry().lookupByNameAndType(HttpStub.BEAN, HttpStub.class));
  }

  BoundedHttpClient(HttpTransport transport, int maxBytes, Clock clock, Optional<HttpStub> stub) {
    this.transport = transport;
    this.maxBytes = maxBytes;
    this.clock = clock;
    this.stub = stub;
  }

  /** The same with another limit for bodies. Both use the same connections. */
  public BoundedHttpClient limitedTo(int bytes) {
    return new BoundedHttpClient(transport, bytes, clock, stub);
  }

  /**
   * Sends a request and waits for its whole response.
   *
   * @param within limit until the last byte; zero or less times out at once
   * @throws HttpTimeoutException when the time is up; then the connection is closed
   * @throws IOException when the connection fails or the response is too large
   */
  public ProviderResponse send(HttpRequest.Builder request, Duration within) throws IOException {
    return send(request, within, new BodyLimit(maxBytes, false));
  }

  /**
   * The same for a response whose body says nothing: of a longer one only the beginning is read,
   * and its status counts.
   */
  public ProviderResponse sendForStatus(HttpRequest.Builder request, Duration within)
      throws IOException {
    return send(request, within, new BodyLimit(BEGINNING_BYTES, true));
  }

  private ProviderResponse send(HttpRequest.Builder request, Duration within, BodyLimit limit)
      throws IOException {
    if (within.isZero() || within.isNegative()) {
      throw new HttpTimeoutException("no time left");
    }
    HttpRequest sent = request.timeout(within).build();
    if (stub.isPresent()) {
      return stub.get().answer(sent, within);
    }
    Future<HttpTransport.Answer> pending = THREADS.submit(() -> transport.exchange(sent, limit));
    try {
      HttpTransport.Answer answer = pending.get(within.toNanos(), TimeUnit.NANOSECONDS);
      return new ProviderResponse(
          answer.status(), answer.headers(), answer.body(), clock.instant());
    } catch (TimeoutException e) {
      throw late(within);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      // The client's own limit may end first; a connection that is not made says so itself.
      throw e.getCause().getClass() == HttpTimeoutException.class
          ? late(within)
          : asThrown(e.getCause());
    } finally {
      pending.cancel(true);
    }
  }

  /** Tells when a response arrived. */
  Clock clock() {
    return clock;
  }

  private static HttpTimeoutException late(Duration within) {
    return new HttpTimeoutException("no answer within " + within.toMillis() + " ms");
  }

  /** The client wraps what the body's subscriber threw. */
  private static IOException asThrown(Throwable error) {
    if (error.getCause() instanceof ResponseTooLargeException large) {
      return large;
    }
    return error instanceof IOException io ? io : new IOException(error);
  }

  /** Ends the threads and connections of a {@link #checked} one; it can be used again. */
  @Override
  public void close() {
    transport.close();
  }
}
