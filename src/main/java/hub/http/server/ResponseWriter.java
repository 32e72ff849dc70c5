package hub.http.server;

import hub.http.HeaderNames;
import hub.http.problem.Problem;
import hub.util.DaemonThreads;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.StreamCache;
import org.apache.camel.spi.HeaderFilterStrategy;
import org.apache.camel.util.IOHelper;

/** Writes the HTTP response of a finished exchange. */
final class ResponseWriter {
  private static final int STREAM_CHUNK = 64 * 1024;

  /** A response in memory is written in slices of so many bytes. */
  private static final int SLICE = 32 * 1024;

  /** A client that reads nothing for this long counts as gone. */
  private static final long STALLED_SECONDS = 60;

  /** Slow clients use threads of their own, not those that serve requests. */
  private static final Executor STREAMS =
      Executors.newCachedThreadPool(DaemonThreads.factory("hub-stream"));

  private ResponseWriter() {}

  static Future<Void> write(
      RoutingContext context, Exchange exchange, HeaderFilterStrategy filter) {
    HttpServerResponse response = context.response();
    Message message = exchange.getMessage();
    Object body = message.getBody();
    if (response.ended() || response.closed()) {
      IOHelper.close(body instanceof InputStream stream ? stream : null);
      return Future.succeededFuture();
    }
    try {
      writeHead(response, message, body, filter, exchange);
      if (body == null) {
        // Only a response to HEAD may give the length of a body that it does not have.
        setLength(context.request().method().equals(HttpMethod.HEAD), message, response);
        return response.end();
      }
      byte[] bytes =
          body instanceof InputStream stream && !isSmall(stream)
              ? null
              : exchange.getContext().getTypeConverter().tryConvertTo(byte[].class, exchange, body);
      if (bytes != null) {
        return context.request().method().equals(HttpMethod.HEAD)
            ? response.end(Buffer.buffer(bytes))
            : write(response, bytes);
      }
      InputStream stream = message.getBody(InputStream.class);
      if (stream == null) {
        // A number or a map is written as its text.
        return response.end(message.getMandatoryBody(String.class));
      }
      setLength(true, message, response);
      Promise<Void> copied = Promise.promise();
      STREAMS.execute(() -> copy(stream, response, copied));
      return copied.future();
    } catch (Exception e) {
      return Future.failedFuture(e);
    }
  }

  /** Whether the whole stream is in memory and short, so that reading it waits for nothing. */
  private static boolean isSmall(InputStream stream) {
    return stream instanceof StreamCache cache && cache.inMemory() && cache.length() <= SLICE;
  }

  /**
   * Writes in slices, so that a client that does not read costs one slice of direct memory, not the
   * whole body.
   */
  private static Future<Void> write(HttpServerResponse response, byte[] bytes) {
    if (bytes.length <= SLICE) {
      return response.end(Buffer.buffer(bytes));
    }
    response.putHeader("Content-Length", Integer.toString(bytes.length));
    return writeFrom(response, bytes, 0);
  }

  private static Future<Void> writeFrom(HttpServerResponse response, byte[] bytes, int from) {
    int length = Math.min(SLICE, bytes.length - from);
    Buffer slice = Buffer.buffer(length).appendBytes(bytes, from, length);
    return from + length == bytes.length
        ? response.end(slice)
        : response.write(slice).compose(taken -> writeFrom(response, bytes, from + length));
  }

  private static void writeHead(
      HttpServerResponse response,
      Message message,
      Object body,
      HeaderFilterStrategy filter,
      Exchange exchange) {
    Integer code = message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
    response.setStatusCode(code != null ? code : body == null ? 204 : 200);
    for (Map.Entry<String, Object> header : message.getHeaders().entrySet()) {
      Object value = header.getValue();
      if (value != null && !filter.applyFilterToCamelHeaders(header.getKey(), value, exchange)) {
        if (value instanceof Iterable<?> many) {
          many.forEach(one -> response.headers().add(header.getKey(), one.toString()));
        } else {
          response.putHeader(header.getKey(), value.toString());
        }
      }
    }
    // Camel's filter drops this header, as a proxy must; here the route sets it for its response.
    String caching = message.getHeader("Cache-Control", String.class);
    if (caching != null) {
      response.putHeader("Cache-Control", caching);
    }
    String type = message.getHeader(Exchange.CONTENT_TYPE, String.class);
    if (type != null) {
      response.putHeader(HeaderNames.CONTENT_TYPE, type);
    }
  }

  /**
   * Sets Content-Length. Camel's filter drops it as the request's; here the route sets it for its
   * response.
   */
  private static void setLength(boolean known, Message message, HttpServerResponse response) {
    Long length = message.getHeader(Exchange.CONTENT_LENGTH, Long.class);
    if (known && length != null) {
      response.putHeader("Content-Length", length.toString());
    }
  }

  /** Copies a stream at the client's pace. */
  private static void copy(InputStream stream, HttpServerResponse response, Promise<Void> copied) {
    try {
      copy(stream, response);
      copied.complete();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      copied.fail(e);
    } catch (IOException | ExecutionException | TimeoutException | RuntimeException e) {
      copied.fail(e);
    }
  }

  private static void copy(InputStream stream, HttpServerResponse response)
      throws IOException, InterruptedException, ExecutionException, TimeoutException {
    if (!response.headers().contains("Content-Length")) {
      response.setChunked(true);
    }
    try (stream) {
      byte[] chunk = new byte[STREAM_CHUNK];
      for (int read = stream.read(chunk); read >= 0; read = stream.read(chunk)) {
        response
            .write(Buffer.buffer(read).appendBytes(chunk, 0, read))
            .toCompletionStage()
            .toCompletableFuture()
            .get(STALLED_SECONDS, TimeUnit.SECONDS);
      }
      response.end();
    }
  }

  static Future<Void> write(HttpServerResponse response, Problem problem, String requestId) {
    if (response.headWritten() && !response.ended()) {
      // The response is half sent: only a reset can tell the client that the rest is missing.
      response.reset();
    }
    if (response.headWritten() || response.closed()) {
      return Future.succeededFuture();
    }
    problem
        .retryAfterSeconds()
        .ifPresent(
            seconds -> response.putHeader(HeaderNames.RETRY_AFTER, Integer.toString(seconds)));
    return response
        .setStatusCode(problem.status())
        .putHeader(HeaderNames.CONTENT_TYPE, Problem.CONTENT_TYPE)
        .end(Buffer.buffer(problem.body(requestId)));
  }
}
