package hub.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A connection over TLS that sends what no well-behaved client of HTTP/2 would. */
public final class RawHttp2 implements AutoCloseable {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int GOAWAY = 7;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int PRIORITY = 32;
  private static final int PRIORITY_BYTES = 5;
  private static final int STREAM = 1;

  private final SSLSocket socket;

  public RawHttp2(int port, SSLContext trusting) throws IOException {
    socket = (SSLSocket) trusting.getSocketFactory().createSocket("localhost", port);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {"h2"});
    socket.setSSLParameters(parameters);
    socket.setSoTimeout(20_000);
    socket.startHandshake();
    if (!socket.getApplicationProtocol().equals("h2")) {
      throw new IOException("no HTTP/2 but '" + socket.getApplicationProtocol() + "'");
    }
    socket
        .getOutputStream()
        .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    frame(SETTINGS, 0, 0, new byte[0]);
  }

  /** The connection's first request; fields as name, value, name, value. */
  public RawHttp2 request(byte[] body, String... fields) throws Exception {
    Http2Headers headers = new DefaultHttp2Headers(false);
    for (int i = 0; i < fields.length; i += 2) {
      headers.add(fields[i], fields[i + 1]);
    }
    ByteBuf block = Unpooled.buffer();
    new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.NEVER_SENSITIVE)
        .encodeHeaders(STREAM, headers, block);
    byte[] bytes = new byte[block.readableBytes()];
    block.readBytes(bytes);
    frame(HEADERS, END_HEADERS | (body.length == 0 ? END_STREAM : 0), STREAM, bytes);
    if (body.length > 0) {
      frame(DATA, END_STREAM, STREAM, body);
    }
    return this;
  }

  /** From now on takes no byte of an answer. */
  public void readNothing() throws IOException {
    frame(SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
  }

  private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    ByteBuf frame = Unpooled.buffer();
    frame.writeMedium(payload.length).writeByte(type).writeByte(flags).writeInt(stream);
    frame.writeBytes(payload);
    socket.getOutputStream().write(frame.array(), 0, frame.readableBytes());
    socket.getOutputStream().flush();
  }

  /** The status of the answer; 0 when the stream or the connection was broken off instead. */
  public int status() throws Exception {
    DataInputStream in = new DataInputStream(socket.getInputStream());
    while (true) {
      int length;
      try {
        length = in.readUnsignedShort() << 8 | in.readUnsignedByte();
      } catch (EOFException e) {
        return 0;
      }
      int type = in.readUnsignedByte();
      int flags = in.readUnsignedByte();
      in.readInt();
      byte[] payload = in.readNBytes(length);
      if (type == RST_STREAM || type == GOAWAY) {
        return 0;
      }
      if (type == HEADERS) {
        int begin = (flags & PRIORITY) == 0 ? 0 : PRIORITY_BYTES;
        ByteBuf block = Unpooled.wrappedBuffer(payload, begin, payload.length - begin);
        Http2Headers headers = new DefaultHttp2HeadersDecoder(false).decodeHeaders(STREAM, block);
        return Integer.parseInt(headers.status().toString());
      }
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
