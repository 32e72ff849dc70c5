package hub.call.http;

import hub.call.policy.ResponseTooLargeException;
import hub.http.HeaderNames;
import hub.util.DaemonThreads;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.CamelContext;

/**
 * Sends HTTP requests with a limit for the time until the last byte of the response, and one for
 * the size of its body. Follows no redirect, which could send credentials to a stranger. Tries
 * once; retries are the job of {@link hub.call.policy.CallPolicy}. Thread-safe.
 */
public final class BoundedHttpClient {
  /** Name in the registry. */
  public static final String BEAN = "http";

  /** Methods that change nothing at the provider. */
  static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");

  /** Closes an idle connection before the server does; most servers wait a minute. */
  private static final String KEEP_ALIVE_SECONDS = "30";

  static {
    if (System.getProperty("jdk.httpclient.keepalive.timeout") == null) {
      System.setProperty("jdk.httpclient.keepalive.timeout", KEEP_ALIVE_SECONDS);
    }
  }

  /**
   * A request has one of these threads to itself, because a host name that nobody resolves holds it
   * for longer than any limit. {@code sendAsync} would take three, and on two processors start one
   * of them anew for each request.
   */
  private static final ExecutorService THREADS =
      Executors.newCachedThreadPool(DaemonThreads.numbered("hub-http"));

  /** Of a body that nobody reads: enough for an error's message. */
  private static final int BEGINNING_BYTES = 16 * 1024;

  private final HttpClient client;
  private final int maxBytes;
  private final Clock clock;
  private final Optional<HttpStub> stub;

  /**
   * @param connect limit for connecting
   * @param maxBytes the largest body of a response
   * @param clock tells when a response arrived
   */
  public BoundedHttpClient(Duration connect, int maxBytes, Clock clock) {
    this(connect, maxBytes, clock, Optional.empty());
  }

  /** The same for a hub; the {@link HttpStub} of its registry, if any, stands for the network. */
  public static BoundedHttpClient of(
      CamelContext context, Duration connect, int maxBytes, Clock clock) {
    return new BoundedHttpClient(
        connect,
        maxBytes,
        clock,
        Optional.ofNullable(
            context.getRegistry().lookupByNameAndType(HttpStub.BEAN, HttpStub.class)));
  }

  private BoundedHttpClient(Duration connect, int maxBytes, Clock clock, Optional<HttpStub> stub) {
    this.stub = stub;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(connect)
            // What the client does between two reads waits for nothing: no thread is woken for it.
            .executor(Runnable::run)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    this.maxBytes = maxBytes;
    this.clock = clock;
  }

  /**
   * Sends a request and waits for its whole response.
   *
   * @param within limit until the last byte; zero or less times out at once
   * @throws HttpTimeoutException when the time is up; then the connection is closed
   * @throws IOException when the connection fails or the response is too large
   */
  public ProviderResponse send(HttpRequest.Builder request, Duration within) throws IOException {
    return send(
        request,
        within,
        (head, sent) -> new BoundedBody(maxBytes, isSuccess(head) && !isRepeatable(sent), false));
  }

  /**
   * The same for a response whose body says nothing: of a longer one only the beginning is read,
   * and its status counts.
   */
  public ProviderResponse sendForStatus(HttpRequest.Builder request, Duration within)
      throws IOException {
    return send(request, within, (head, sent) -> new BoundedBody(BEGINNING_BYTES, false, true));
  }

  /** Takes the body of a response. */
  @FunctionalInterface
  private interface BodyReader {
    BoundedBody of(HttpResponse.ResponseInfo head, HttpRequest sent);
  }

  private ProviderResponse send(HttpRequest.Builder request, Duration within, BodyReader body)
      throws IOException {
    if (within.isZero() || within.isNegative()) {
      throw new HttpTimeoutException("no time left");
    }
    HttpRequest sent = request.timeout(within).build();
    if (stub.isPresent()) {
      return stub.get().answer(sent, within);
    }
    Future<HttpResponse<byte[]>> pending =
        THREADS.submit(() -> client.send(sent, head -> body.of(head, sent)));
    try {
      HttpResponse<byte[]> response = pending.get(within.toNanos(), TimeUnit.NANOSECONDS);
      return new ProviderResponse(
          response.statusCode(), response.headers(), response.body(), clock.instant());
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

  private static boolean isSuccess(HttpResponse.ResponseInfo head) {
    return head.statusCode() >= 200 && head.statusCode() < 300;
  }

  /** Whether a retry has no second effect: the method is safe, or there is an idempotency key. */
  private static boolean isRepeatable(HttpRequest request) {
    return SAFE_METHODS.contains(request.method())
        || request.headers().firstValue(HeaderNames.IDEMPOTENCY_KEY).isPresent();
  }

  /** Collects a body up to a number of bytes; a longer one fails or is cut. */
  private static final class BoundedBody implements HttpResponse.BodySubscriber<byte[]> {
    private final HttpResponse.BodySubscriber<byte[]> bytes =
        HttpResponse.BodySubscribers.ofByteArray();
    private final int maxBytes;

    /** Whether the request had its effect, so that a retry would repeat it. */
    private final boolean hadEffect;

    private final boolean isCut;
    private boolean ended;

    private Flow.Subscription subscription;
    private long seen;

    BoundedBody(int maxBytes, boolean hadEffect, boolean isCut) {
      this.maxBytes = maxBytes;
      this.hadEffect = hadEffect;
      this.isCut = isCut;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
      return bytes.getBody();
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      bytes.onSubscribe(given);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      if (ended) {
        return;
      }
      for (ByteBuffer buffer : buffers) {
        seen += buffer.remaining();
      }
      if (seen > maxBytes) {
        ended = true;
        subscription.cancel();
        if (isCut) {
          bytes.onComplete();
        } else {
          bytes.onError(new ResponseTooLargeException(maxBytes, hadEffect));
        }
      } else {
        bytes.onNext(buffers);
      }
    }

    @Override
    public void onError(Throwable error) {
      bytes.onError(error);
    }

    @Override
    public void onComplete() {
      bytes.onComplete();
    }
  }
}
