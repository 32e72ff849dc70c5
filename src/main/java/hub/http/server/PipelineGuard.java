package hub.http.server;

import hub.util.log.OutOfMemoryFilter;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.Http1xServerConnection;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Lets an HTTP/1 connection have one request at a time: the next one is passed on when the last one
 * is answered and the other side takes its answers. Until then nothing more is read, so that a
 * sender of many requests who reads no answers costs no memory.
 *
 * <p>Sits between the codec and Vert.x; all its state belongs to the connection's event loop.
 */
final class PipelineGuard extends ChannelDuplexHandler {
  private static final int LEAST_READ = 256;
  private static final int FIRST_READ = 2 * 1024;

  /** What is read at a time is decoded whole: a few hundred requests at the most. */
  private static final int MAX_READ = 16 * 1024;

  private final Queue<Object> held = new ArrayDeque<>();

  /** A request was passed on whose answer has not been written to its end. */
  private boolean answering;

  private boolean passingOn;

  /** Reading was switched off here, not by Vert.x, which does so for a body nobody takes. */
  private boolean stopped;

  static void watch(HttpConnection connection) {
    if (connection instanceof Http1xServerConnection base) {
      base.channel()
          .config()
          .setRecvByteBufAllocator(
              // One read at a time each: who sends much does not make the others wait.
              new AdaptiveRecvByteBufAllocator(LEAST_READ, FIRST_READ, MAX_READ)
                  .maxMessagesPerRead(1));
      base.channel()
          .pipeline()
          .addBefore(base.channelHandlerContext().name(), "pipeline-guard", new PipelineGuard());
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!held.isEmpty() || mustWait(context, message)) {
      held.add(message);
      stop(context);
    } else {
      passOn(context, message);
    }
  }

  private boolean mustWait(ChannelHandlerContext context, Object message) {
    return message instanceof HttpRequest && (answering || !context.channel().isWritable());
  }

  private void passOn(ChannelHandlerContext context, Object message) {
    if (message instanceof HttpRequest) {
      answering = true;
    }
    context.fireChannelRead(message);
  }

  /** Vert.x has room for more; what is held comes first. */
  @Override
  public void read(ChannelHandlerContext context) {
    if (passingOn) {
      return;
    }
    if (held.isEmpty()) {
      context.read();
    } else {
      stop(context);
    }
  }

  private void stop(ChannelHandlerContext context) {
    ChannelConfig config = context.channel().config();
    if (config.isAutoRead()) {
      config.setAutoRead(false);
      stopped = true;
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    boolean last = message instanceof LastHttpContent && !isInterim(message);
    context.write(message, promise);
    if (last) {
      answering = false;
      // Not now: Vert.x is still busy with the answer.
      context.executor().execute(() -> goOn(context));
    }
  }

  /** "100 Continue" looks like a whole answer. */
  private static boolean isInterim(Object message) {
    return message instanceof HttpResponse response
        && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    context.fireChannelWritabilityChanged();
    goOn(context);
  }

  private void goOn(ChannelHandlerContext context) {
    if (passingOn || held.isEmpty() || mustWait(context, held.peek())) {
      return;
    }
    passingOn = true;
    ChannelConfig config = context.channel().config();
    if (stopped) {
      stopped = false;
      // So that one sees below whether Vert.x stops it meanwhile.
      config.setAutoRead(true);
    }
    try {
      while (!held.isEmpty() && !mustWait(context, held.peek())) {
        passOn(context, held.remove());
      }
    } finally {
      passingOn = false;
    }
    context.fireChannelReadComplete();
    if (!held.isEmpty()) {
      stop(context);
    } else if (config.isAutoRead()) {
      context.read();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    letGo();
    context.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    letGo();
  }

  /** Vert.x closes the connection without a word in the log. */
  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable error) {
    OutOfMemoryFilter.endIfCause(error);
    context.fireExceptionCaught(error);
  }

  private void letGo() {
    held.forEach(ReferenceCountUtil::release);
    held.clear();
  }
}
