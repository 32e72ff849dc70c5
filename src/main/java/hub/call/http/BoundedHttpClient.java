package hub.call.http;

import hub.call.policy.AnswerTooLargeException;
import hub.http.HeaderNames;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Sends an HTTP request within a time that includes the last byte of the answer, takes no more than
 * so many bytes, follows no redirect (it may lead credentials to a stranger) and tries once: trying
 * again is the policy's. Thread-safe.
 */
public final class BoundedHttpClient {
  /** Methods that change nothing at the provider. */
  static final Set<String> SAFE_METHODS = Set.of("GET", "HEAD", "OPTIONS");

  /** An idle connection is dropped before servers do, which mostly wait a minute. */
  private static final String KEEP_ALIVE_SECONDS = "30";

  static {
    if (System.getProperty("jdk.httpclient.keepalive.timeout") == null) {
      System.setProperty("jdk.httpclient.keepalive.timeout", KEEP_ALIVE_SECONDS);
    }
  }

  private final HttpClient client;
  private final int mostBytes;

  /**
   * @param connect how long a connection may take
   * @param mostBytes of an answer's body
   */
  public BoundedHttpClient(Duration connect, int mostBytes) {
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(connect)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    this.mostBytes = mostBytes;
  }

  /**
   * Sends a request and waits for its whole answer.
   *
   * @param within until the last byte; not positive: times out at once
   * @throws HttpTimeoutException when the time is up; the connection is closed
   * @throws IOException when the connection fails or the answer is too large
   */
  public HttpAnswer send(HttpRequest.Builder request, Duration within) throws IOException {
    if (within.isZero() || within.isNegative()) {
      throw new HttpTimeoutException("no time left");
    }
    HttpRequest asked = request.timeout(within).build();
    CompletableFuture<HttpResponse<byte[]>> pending =
        client.sendAsync(
            asked, head -> new Bounded(mostBytes, isSuccess(head) && !isRepeatable(asked)));
    try {
      HttpResponse<byte[]> response = pending.get(within.toMillis(), TimeUnit.MILLISECONDS);
      return new HttpAnswer(response.statusCode(), response.headers(), response.body());
    } catch (TimeoutException e) {
      throw new HttpTimeoutException("no answer within " + within.toMillis() + " ms");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
    } finally {
      pending.cancel(true);
    }
  }

  private static boolean isSuccess(HttpResponse.ResponseInfo head) {
    return head.statusCode() >= 200 && head.statusCode() < 300;
  }

  /** Whether doing it again does no more: a safe method, or an idempotency key. */
  private static boolean isRepeatable(HttpRequest request) {
    return SAFE_METHODS.contains(request.method())
        || request.headers().firstValue(HeaderNames.IDEMPOTENCY_KEY).isPresent();
  }

  /** Collects bytes up to a number. */
  private static final class Bounded implements HttpResponse.BodySubscriber<byte[]> {
    private final HttpResponse.BodySubscriber<byte[]> bytes =
        HttpResponse.BodySubscribers.ofByteArray();
    private final int most;
    private final boolean done;
    private Flow.Subscription subscription;
    private long seen;

    Bounded(int most, boolean done) {
      this.most = most;
      this.done = done;
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
      seen += buffers.stream().mapToLong(ByteBuffer::remaining).sum();
      if (seen > most) {
        subscription.cancel();
        bytes.onError(new AnswerTooLargeException(most, done));
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
