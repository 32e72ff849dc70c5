package hub.http.framing;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.Http1xServerConnection;
import java.util.concurrent.TimeUnit;

/**
 * Passes HTTP/1 bytes to the decoder while {@link FramingParser} finds no fault. After a fault
 * nothing more of the connection is read, and the faulty request is answered with the problem,
 * after the requests before it. HTTP/2 needs no such guard: its frames carry their length. All its
 * state belongs to the connection's event loop.
 */
public final class FramingGuard extends ChannelInboundHandlerAdapter {
  /** Vert.x's name for the HTTP decoder. */
  private static final String DECODER = "httpDecoder";

  /** Time to send the response before the connection closes. */
  private static final long ANSWER_MILLIS = 1_000;

  private final FramingParser framing = new FramingParser();
  private final Http1xServerConnection connection;
  private boolean closed;

  private FramingGuard(Http1xServerConnection connection) {
    this.connection = connection;
  }

  public static void watch(HttpConnection connection) {
    if (connection instanceof Http1xServerConnection http1) {
      http1.channel().pipeline().addBefore(DECODER, "framing-guard", new FramingGuard(http1));
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    if (closed || !(message instanceof ByteBuf bytes)) {
      ReferenceCountUtil.release(message);
      return;
    }
    try {
      framing.read(bytes);
    } catch (FramingFault fault) {
      closed = true;
      refuse(context, bytes, fault);
      return;
    }
    super.channelRead(context, message);
  }

  private void refuse(ChannelHandlerContext context, ByteBuf bytes, FramingFault fault) {
    int before = framing.messageStart();
    if (before > 0) {
      context.fireChannelRead(bytes.readRetainedSlice(before));
    }
    bytes.release();
    if (before < 0) {
      failBody(context, fault);
      return;
    }
    HttpRequest told = request();
    told.setDecoderResult(DecoderResult.failure(fault));
    decoder(context).fireChannelRead(told);
    decoder(context).fireChannelReadComplete();
  }

  /**
   * Fails the body that is being read. Its reader answers, unless the route has answered already.
   */
  private void failBody(ChannelHandlerContext context, FramingFault fault) {
    connection.handleException(fault);
    ScheduledFuture<?> unused =
        context.executor().schedule(() -> close(context), ANSWER_MILLIS, TimeUnit.MILLISECONDS);
  }

  private static void close(ChannelHandlerContext context) {
    ChannelFuture unused = context.channel().close();
  }

  /**
   * Skips the decoder after a fault: it would report a partial request that was refused already.
   */
  @Override
  public void channelInactive(ChannelHandlerContext context) throws Exception {
    if (closed) {
      decoder(context).fireChannelInactive();
    } else {
      super.channelInactive(context);
    }
  }

  private static ChannelHandlerContext decoder(ChannelHandlerContext context) {
    return context.pipeline().context(DECODER);
  }

  /** A placeholder for the request that must not be read. */
  private static HttpRequest request() {
    return new DefaultHttpRequest(HttpVersion.HTTP_1_0, HttpMethod.GET, "/bad-request");
  }
}
