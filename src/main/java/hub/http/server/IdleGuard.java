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
 * Closes a connection that only costs. Without an answer owed, the next request's head must be
 * complete within the time, however slowly it drips; while a body or an answer is on its way, some
 * of it must move within the time, however little; a body gets half as long again. A route may
 * think as long as it wants.
 *
 * <p>Sits between the codec and Vert.x; all its state belongs to the connection's event loop.
 */
final class IdleGuard extends ChannelDuplexHandler {
  /** How often it looks within the time. */
  private static final int LOOKS = 8;

  private final long idleNanos;
  private ScheduledFuture<?> looks;

  /** Requests whose answer has not been written to its end. */
  private int owed;

  /** A request's head is here, and its body not to its end. */
  private boolean receiving;

  private long since = System.nanoTime();
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
    long every = idleNanos / LOOKS;
    looks =
        context
            .executor()
            .scheduleAtFixedRate(() -> look(context), every, every, TimeUnit.NANOSECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    looks.cancel(false);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    looks.cancel(false);
    super.channelInactive(context);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    if (message instanceof HttpObject) {
      if (message instanceof HttpRequest) {
        owed++;
        receiving = true;
      }
      if (message instanceof LastHttpContent) {
        receiving = false;
      }
      if (owed > 0) {
        since = System.nanoTime();
      }
    } else {
      // HTTP/2 comes in frames of many requests.
      since = System.nanoTime();
    }
    super.channelRead(context, message);
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
      throws Exception {
    if (message instanceof LastHttpContent && !isInterim(message)) {
      owed = Math.max(0, owed - 1);
    }
    since = System.nanoTime();
    super.write(context, message, promise);
  }

  /** "100 Continue" looks like a whole answer. */
  private static boolean isInterim(Object message) {
    return message instanceof HttpResponse response
        && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
  }

  private void look(ChannelHandlerContext context) {
    Channel channel = context.channel();
    long left = unsent(channel);
    if (left != unsent || isWorking(channel, left)) {
      unsent = left;
      since = System.nanoTime();
    } else if (System.nanoTime() - since >= patience()) {
      ChannelFuture unused = context.close();
    }
  }

  /** Whoever reads a body gives up at the time itself, and must still be heard. */
  private long patience() {
    return owed > 0 && receiving ? idleNanos + idleNanos / 2 : idleNanos;
  }

  /** The next move is the route's, or its reader's who is slower than the sender. */
  private boolean isWorking(Channel channel, long left) {
    return owed > 0 && left == 0 && (!receiving || !channel.config().isAutoRead());
  }

  /** Bytes of answers that the other side has not taken yet. */
  private static long unsent(Channel channel) {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    return buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
  }
}
