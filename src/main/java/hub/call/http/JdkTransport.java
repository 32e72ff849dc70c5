package hub.call.http;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/** Carries requests by the JDK's client, to hosts that an engineer wrote. Thread-safe. */
final class JdkTransport implements HttpTransport {
  /** Closes an idle connection before the server does; most servers wait a minute. */
  private static final String KEEP_ALIVE_SECONDS = "30";

  static {
    if (System.getProperty("jdk.httpclient.keepalive.timeout") == null) {
      System.setProperty("jdk.httpclient.keepalive.timeout", KEEP_ALIVE_SECONDS);
    }
  }

  private final HttpClient client;

  /**
   * @param connect limit for connecting
   */
  JdkTransport(Duration connect) {
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(connect)
            // What the client does between two reads waits for nothing: no thread is woken for it.
            .executor(Runnable::run)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  @Override
  public Answer exchange(HttpRequest request, BodyLimit limit)
      throws IOException, InterruptedException {
    HttpResponse<byte[]> response =
        client.send(request, head -> new BoundedBody(limit, head.statusCode(), request));
    return new Answer(response.statusCode(), response.headers(), response.body());
  }

  /** Collects a body up to a number of bytes; a longer one fails or is cut. */
  private static final class BoundedBody implements HttpResponse.BodySubscriber<byte[]> {
    private final HttpResponse.BodySubscriber<byte[]> bytes =
        HttpResponse.BodySubscribers.ofByteArray();
    private final BodyLimit limit;
    private final int status;
    private final HttpRequest sent;
    private boolean ended;

    private Flow.Subscription subscription;
    private long seen;

    BoundedBody(BodyLimit limit, int status, HttpRequest sent) {
      this.limit = limit;
      this.status = status;
      this.sent = sent;
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
      if (seen > limit.maxBytes()) {
        ended = true;
        subscription.cancel();
        if (limit.isCut()) {
          bytes.onComplete();
        } else {
          bytes.onError(limit.exceeded(status, sent));
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
