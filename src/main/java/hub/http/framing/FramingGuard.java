package hub.http.framing;

import io.netty.buffer.ByteBuf;
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
 * Lets HTTP/1 bytes through to the decoder as long as {@link Framing} finds them beyond doubt. From
 * a fault on nothing of the connection is read; the request that has it is told so, after those
 * before it were answered. HTTP/2 needs none: it frames by numbers. All its state belongs to the
 * connection's event loop.
 */
public final class FramingGuard extends ChannelInboundHandlerAdapter {
  /** Vert.x's name of the decoder. */
  private static final String DECODER = "httpDecoder";

  /** For the answer to leave. */
  private static final long ANSWER_MILLIS = 1_000;

  private final Framing framing = new Framing();
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

  /** Whoever reads the body answers; that its route has answered already is as likely. */
  private void failBody(ChannelHandlerContext context, FramingFault fault) {
    connection.handleException(fault);
    ScheduledFuture<?> unused =
        context
            .executor()
            .schedule(() -> context.channel().close(), ANSWER_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** The decoder would tell of half a request that was refused already. */
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

  /** Stands for the one that nobody may read. */
  private static HttpRequest request() {
    return new DefaultHttpRequest(HttpVersion.HTTP_1_0, HttpMethod.GET, "/bad-request", false);
  }
}
