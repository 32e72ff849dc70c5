package hub.http.server;

import hub.util.log.OutOfMemoryFilter;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.Http1xServerConnection;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Allows one request at a time on an HTTP/1 connection. The next one is forwarded when the last one
 * is answered and the client reads its responses. Until then nothing more is read, so that a client
 * that pipelines many requests and reads no responses uses no memory.
 *
 * <p>Sits between the codec and Vert.x; all its state belongs to the connection's event loop.
 */
final class PipelineGuard extends ChannelDuplexHandler {
  private static final int MIN_READ = 256;
  private static final int INITIAL_READ = 2 * 1024;

  /** One read is decoded completely: a few hundred requests at most. */
  private static final int MAX_READ = 16 * 1024;

  private final Queue<Object> queued = new ArrayDeque<>();

  /** Whether a request was forwarded whose response is not yet written completely. */
  private boolean answering;

  private boolean forwarding;

  /**
   * Whether reading was stopped here, and not by Vert.x, which stops it for a body that no route
   * reads.
   */
  private boolean stopped;

  static void watch(HttpConnection connection) {
    if (connection instanceof Http1xServerConnection base) {
      base.channel()
          .config()
          .setRecvByteBufAllocator(
              // One read a turn: a client that sends much must not delay the others.
              new AdaptiveRecvByteBufAllocator(MIN_READ, INITIAL_READ, MAX_READ)
                  .maxMessagesPerRead(1));
      base.channel()
          .pipeline()
          .addBefore(base.channelHandlerContext().name(), "pipeline-guard", new PipelineGuard());
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!queued.isEmpty() || mustWait(context, message)) {
      queued.add(message);
      stopReading(context);
    } else {
      forward(context, message);
    }
  }

  private boolean mustWait(ChannelHandlerContext context, Object message) {
    return message instanceof HttpRequest && (answering || !context.channel().isWritable());
  }

  private void forward(ChannelHandlerContext context, Object message) {
    if (message instanceof HttpRequest) {
      answering = true;
    }
    context.fireChannelRead(message);
  }

  /** Called when Vert.x wants more; queued messages come first. */
  @Override
  public void read(ChannelHandlerContext context) {
    if (forwarding) {
      return;
    }
    if (queued.isEmpty()) {
      context.read();
    } else {
      stopReading(context);
    }
  }

  private void stopReading(ChannelHandlerContext context) {
    ChannelConfig config = context.channel().config();
    if (config.isAutoRead()) {
      config.setAutoRead(false);
      stopped = true;
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
      throws Exception {
    boolean last = IdleGuard.endsResponse(message);
    super.write(context, message, promise);
    if (last) {
      answering = false;
      // Not now: Vert.x is still writing the response.
      context.executor().execute(() -> resume(context));
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    context.fireChannelWritabilityChanged();
    resume(context);
  }

  private void resume(ChannelHandlerContext context) {
    if (forwarding || queued.isEmpty() || mustWait(context, queued.peek())) {
      return;
    }
    forwarding = true;
    ChannelConfig config = context.channel().config();
    if (stopped) {
      stopped = false;
      // So that the check below sees whether Vert.x stopped reading meanwhile.
      config.setAutoRead(true);
    }
    try {
      while (!queued.isEmpty() && !mustWait(context, queued.peek())) {
        forward(context, queued.remove());
      }
    } finally {
      forwarding = false;
    }
    context.fireChannelReadComplete();
    if (!queued.isEmpty()) {
      stopReading(context);
    } else if (config.isAutoRead()) {
      context.read();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    releaseQueued();
    context.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    releaseQueued();
  }

  /** Vert.x closes the connection without logging the error. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
    OutOfMemoryFilter.endIfCause(error);
    context.fireExceptionCaught(error);
  }

  private void releaseQueued() {
    queued.forEach(ReferenceCountUtil::release);
    queued.clear();
  }
}
