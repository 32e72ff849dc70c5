package hub.http.server;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Closes idle connections. While no response is pending, the head of the next request must be
 * complete within the timeout. While a body or a response is being sent, at least one byte must
 * move within the timeout; for a body the timeout is half as long again. A route may take as long
 * as it needs.
 *
 * <p>Sits between the codec and Vert.x; all its state belongs to the connection's event loop.
 */
final class IdleGuard extends ChannelDuplexHandler {
  /** Checks within one timeout. */
  private static final int CHECKS_PER_TIMEOUT = 8;

  private final long idleNanos;
  private ScheduledFuture<?> checks;

  /** Requests whose response is not yet written completely. */
  private int pendingResponses;

  /** Whether a request's head has arrived, but not all of its body. */
  private boolean receiving;

  private long lastProgress = System.nanoTime();
  private long unsent;

  private IdleGuard(Duration idle) {
    this.idleNanos = idle.toNanos();
  }

  static void watch(HttpConnection connection, Duration idle) {
    if (connection instanceof ConnectionBase base) {
      base.channel()
          .pipeline()
          .addBefore(base.channelHandlerContext().name(), "idle-guard", new IdleGuard(idle));
    }
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    long every = idleNanos / CHECKS_PER_TIMEOUT;
    checks =
        context
            .executor()
            .scheduleAtFixedRate(() -> check(context), every, every, TimeUnit.NANOSECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    checks.cancel(false);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    checks.cancel(false);
    super.channelInactive(context);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    if (message instanceof HttpObject) {
      if (message instanceof HttpRequest) {
        pendingResponses++;
        receiving = true;
      }
      if (message instanceof LastHttpContent) {
        receiving = false;
      }
      if (pendingResponses > 0) {
        lastProgress = System.nanoTime();
      }
    } else {
      // HTTP/2 frames may belong to any request of the connection.
      lastProgress = System.nanoTime();
    }
    super.channelRead(context, message);
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
      throws Exception {
    if (endsResponse(message)) {
      pendingResponses = Math.max(0, pendingResponses - 1);
    }
    lastProgress = System.nanoTime();
    super.write(context, message, promise);
  }

  /** Whether this is the end of a response; a "100 Continue" looks like a whole response. */
  static boolean endsResponse(Object message) {
    boolean interim =
        message instanceof HttpResponse response
            && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    return message instanceof LastHttpContent && !interim;
  }

  private void check(ChannelHandlerContext context) {
    Channel channel = context.channel();
    long left = unsent(channel);
    if (left != unsent || isRouteBusy(channel, left)) {
      unsent = left;
      lastProgress = System.nanoTime();
    } else if (System.nanoTime() - lastProgress >= timeoutNanos()) {
      ChannelFuture unused = context.close();
    }
  }

  /** A body's reader times out first, and its response must still be sent. */
  private long timeoutNanos() {
    return pendingResponses > 0 && receiving ? idleNanos + idleNanos / 2 : idleNanos;
  }

  /** Whether the connection waits for the route, or for a reader that is slower than the sender. */
  private boolean isRouteBusy(Channel channel, long left) {
    return pendingResponses > 0 && left == 0 && (!receiving || !channel.config().isAutoRead());
  }

  /** Bytes of responses that the client has not read yet. */
  private static long unsent(Channel channel) {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
  }
}
