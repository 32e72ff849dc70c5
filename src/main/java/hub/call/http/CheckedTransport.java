package hub.call.http;

import hub.call.policy.CallFailedException;
import hub.call.policy.CallFailure;
import hub.call.policy.CallOutcome;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;

/**
 * Carries requests to hosts that a message says: only to public addresses, and to the very address
 * that was checked. The host is looked up once for a request; {@code Host}, the name asked for by
 * TLS and the name in the certificate stay the host's. Its threads begin with the first request.
 * Thread-safe.
 */
final class CheckedTransport implements HttpTransport {
  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;

  /** As many as the provider's limits let through. */
  private static final int MOST_CONNECTIONS = 1_024;

  /** Closes an idle connection before the server does. */
  private static final int KEEP_ALIVE_SECONDS = 30;

  private static final int MOST_HEADER_BYTES = 64 * 1024;

  private final PublicAddresses addresses;
  private final HttpClientOptions options;
  private Vertx vertx;
  private HttpClient client;

  /**
   * @param connect limit for connecting
   */
  CheckedTransport(PublicAddresses addresses, Duration connect) {
    this(addresses, connect, new HttpClientOptions());
  }

  /**
   * @param options such as certificates to trust besides those of the JDK
   */
  CheckedTransport(PublicAddresses addresses, Duration connect, HttpClientOptions options) {
    this.addresses = addresses;
    this.options =
        options
            .setConnectTimeout(Math.toIntExact(connect.toMillis()))
            .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
            .setMaxHeaderSize(MOST_HEADER_BYTES)
            .setMaxPoolSize(MOST_CONNECTIONS);
  }

  @Override
  public Answer exchange(HttpRequest request, BodyLimit limit)
      throws IOException, InterruptedException {
    RequestOptions asked = options(request, checked(request.uri().getHost()));
    Buffer body = Buffer.buffer(body(request));
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    client()
        .request(asked)
        .onFailure(answer::completeExceptionally)
        .onSuccess(sent -> new Reception(sent, request, limit, answer).send(body));
    try {
      return answer.get();
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw cause instanceof IOException io ? io : new IOException(cause.getMessage(), cause);
    } finally {
      answer.cancel(false); // no effect once it is there
    }
  }

  private InetAddress checked(String host) throws IOException {
    return addresses
        .connectable(host)
        .orElseThrow(
            () ->
                new CallFailedException(
                    host,
                    CallFailure.of(
                        CallOutcome.REJECTED,
                        "the host "
                            + host
                            + " was not called, because its address is not one of the internet; if"
                            + " it is meant, name its network in hub.forward.private-networks"),
                    null));
  }

  private static RequestOptions options(HttpRequest request, InetAddress address) {
    URI uri = request.uri();
    boolean tls = "https".equalsIgnoreCase(uri.getScheme());
    int usual = tls ? HTTPS_PORT : HTTP_PORT;
    int port = uri.getPort() < 0 ? usual : uri.getPort();
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    request.headers().map().forEach(headers::add);
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return new RequestOptions()
        // Digits: nothing is looked up again.
        .setServer(SocketAddress.inetSocketAddress(port, address.getHostAddress()))
        .setHost(uri.getHost())
        .setPort(port)
        .setSsl(tls)
        .setMethod(HttpMethod.valueOf(request.method()))
        .setURI(uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery())
        .setHeaders(headers)
        .setFollowRedirects(false);
  }

  private static byte[] body(HttpRequest request) {
    if (request.bodyPublisher().isEmpty()) {
      return new byte[0];
    }
    HttpResponse.BodySubscriber<byte[]> bytes = HttpResponse.BodySubscribers.ofByteArray();
    request
        .bodyPublisher()
        .get()
        .subscribe(
            new Flow.Subscriber<>() {
              @Override
              public void onSubscribe(Flow.Subscription subscription) {
                bytes.onSubscribe(subscription);
              }

              @Override
              public void onNext(ByteBuffer buffer) {
                bytes.onNext(List.of(buffer));
              }

              @Override
              public void onError(Throwable error) {
                bytes.onError(error);
              }

              @Override
              public void onComplete() {
                bytes.onComplete();
              }
            });
    return bytes.getBody().toCompletableFuture().join();
  }

  private synchronized HttpClient client() {
    if (client == null) {
      vertx =
          Vertx.vertx(
              new VertxOptions()
                  .setEventLoopPoolSize(1)
                  .setWorkerPoolSize(1)
                  .setInternalBlockingPoolSize(1)
                  .setUseDaemonThread(true)
                  .setFileSystemOptions(
                      new FileSystemOptions()
                          .setFileCachingEnabled(false)
                          .setClassPathResolvingEnabled(false)));
      client = vertx.createHttpClient(options);
    }
    return client;
  }

  @Override
  public synchronized void close() {
    if (vertx != null) {
      vertx.close();
      vertx = null;
      client = null;
    }
  }

  /** The sending of one request and the receiving of its response, on one thread. */
  private static final class Reception {
    private final HttpClientRequest sent;
    private final HttpRequest request;
    private final BodyLimit limit;
    private final CompletableFuture<Answer> answer;
    private final Buffer read = Buffer.buffer();

    Reception(
        HttpClientRequest sent,
        HttpRequest request,
        BodyLimit limit,
        CompletableFuture<Answer> answer) {
      this.sent = sent;
      this.request = request;
      this.limit = limit;
      this.answer = answer;
    }

    void send(Buffer body) {
      // Whoever waits has given up, or the response is of no use: the connection is closed.
      answer.whenComplete(
          (received, error) -> {
            if (error != null) {
              sent.reset();
            }
          });
      sent.exceptionHandler(answer::completeExceptionally);
      sent.response().onFailure(answer::completeExceptionally).onSuccess(this::receive);
      if (!answer.isDone()) {
        sent.send(body);
      }
    }

    private void receive(HttpClientResponse response) {
      response.exceptionHandler(answer::completeExceptionally);
      response.endHandler(end -> answer.complete(answer(response)));
      response.handler(part -> take(part, response));
    }

    private void take(Buffer part, HttpClientResponse response) {
      if (answer.isDone()) {
        return;
      }
      if (read.length() + (long) part.length() <= limit.maxBytes()) {
        read.appendBuffer(part);
      } else if (limit.isCut()) {
        answer.complete(answer(response));
        sent.reset();
      } else {
        answer.completeExceptionally(limit.exceeded(response.statusCode(), request));
      }
    }

    private Answer answer(HttpClientResponse response) {
      Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      response
          .headers()
          .names()
          .forEach(name -> headers.put(name, response.headers().getAll(name)));
      return new Answer(
          response.statusCode(), HttpHeaders.of(headers, (name, value) -> true), read.getBytes());
    }
  }
}
