package hub.http.framing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In the requests, | is CR LF; other control characters are written as in Java. */
class FramingParserTest {
  private static final String HEAD = "POST / HTTP/1.1|Host: x|";
  private static final String CHUNKED = HEAD + "Transfer-Encoding: chunked||";

  private static byte[] bytes(String request) {
    return request.replace("|", "\r\n").getBytes(ISO_8859_1);
  }

  private static FramingParser read(String request) throws FramingFault {
    FramingParser framing = new FramingParser();
    framing.read(Unpooled.wrappedBuffer(bytes(request)));
    return framing;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1|Host: x||",
        "GET / HTTP/1.0||",
        "GET / HTTP/1.0|Host: x|Content-Length: 2||ab",
        "GET /a?b=%1B HTTP/1.1|hOSt:x|X-Empty:|X-Text: \u00e4 \t~|Content-Length:0||",
        "PATCH * HTTP/1.1|Host: x||",
        HEAD + "Content-Length: 5||\n\u0000\r\u001b GET / HTTP/1.1|Host: x||",
        HEAD + "Content-Length: 5||12345|GET / HTTP/1.1|Host: x||",
        CHUNKED + "5|12345|a;name=value;b|0123456789|0||GET / HTTP/1.1|Host: x||",
        CHUNKED + "0000000A|0123456789|0|X-Sum: 1|X-More: 2||GET / HTTP/1.1|Host: x||",
      })
  void requests_without_a_doubt_are_read_to_their_end(String request) throws FramingFault {
    assertThat(read(request).messageStart()).isEqualTo(bytes(request).length);
    FramingParser framing = new FramingParser();
    for (byte one : bytes(request)) {
      framing.read(Unpooled.wrappedBuffer(new byte[] {one}));
    }
    assertThat(framing.messageStart()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // Two lengths.
        HEAD + "Transfer-Encoding: chunked|Content-Length: 5||",
        HEAD + "Content-Length: 5|Transfer-Encoding: chunked||",
        HEAD + "Content-Length: 0|Transfer-Encoding: chunked||",
        HEAD + "Content-Length: 5|content-length: 5||",
        HEAD + "Content-Length: 5|Content-Length: 6||",
        HEAD + "Content-Length: 5, 5||",
        HEAD + "Content-Length: 5,6||",
        "POST / HTTP/1.0|Content-Length: 5|Content-Length: 6||",
        // No length.
        HEAD + "Content-Length: +5||",
        HEAD + "Content-Length: -5||",
        HEAD + "Content-Length: -0||",
        HEAD + "Content-Length: 5 5||",
        HEAD + "Content-Length:  5||",
        HEAD + "Content-Length:\t5||",
        HEAD + "Content-Length: 5 ||",
        HEAD + "Content-Length: 0x5||",
        HEAD + "Content-Length: a||",
        HEAD + "Content-Length: 5.0||",
        HEAD + "Content-Length: 05||",
        HEAD + "Content-Length: \u00b2||",
        HEAD + "Content-Length: 5;||",
        HEAD + "Content-Length:||",
        HEAD + "Content-Length: 9223372036854775808||",
        HEAD + "Content-Length: 18446744073709551621||",
        HEAD + "Content-Length: 00000000000000000000000000000000000000005||",
        // Other encodings.
        HEAD + "Transfer-Encoding: xchunked||",
        HEAD + "Transfer-Encoding: identity||",
        HEAD + "Transfer-Encoding: gzip, chunked||",
        HEAD + "Transfer-Encoding: chunked, gzip||",
        HEAD + "Transfer-Encoding: chunked, chunked||",
        HEAD + "Transfer-Encoding: chunked,||",
        HEAD + "Transfer-Encoding: ,chunked||",
        HEAD + "Transfer-Encoding: chunked;q=1||",
        HEAD + "Transfer-Encoding: \"chunked\"||",
        HEAD + "Transfer-Encoding: 'chunked'||",
        HEAD + "Transfer-Encoding: CHUNKED||",
        HEAD + "Transfer-Encoding:\tchunked||",
        HEAD + "Transfer-Encoding: chunked ||",
        HEAD + "Transfer-Encoding: chunked\u00a0||",
        HEAD + "Transfer-Encoding:||",
        HEAD + "Transfer-Encoding: chunked|Transfer-Encoding: chunked||",
        HEAD + "Transfer-Encoding: chunked|Transfer-Encoding: identity||",
        HEAD + "Transfer-Encoding: identity|Transfer-Encoding: chunked||",
        "POST / HTTP/1.0|Host: x|Transfer-Encoding: chunked||",
        // Names and lines.
        HEAD + "Transfer-Encoding: chu| nked||",
        HEAD + "X: a| b||",
        HEAD + "X: a|\tTransfer-Encoding: chunked||",
        HEAD + "X: a| |||",
        "POST / HTTP/1.1| Host: x||",
        HEAD + "Transfer-Encoding : chunked||",
        HEAD + "Transfer-Encoding\t: chunked||",
        HEAD + "Transfer Encoding: chunked||",
        HEAD + "Transfer-Encoding\u00a0: chunked||",
        HEAD + "Transfer-\u0000Encoding: chunked||",
        HEAD + "X\u001b: a||",
        HEAD + "X: a\u0000b||",
        HEAD + "X: a\u001bb||",
        HEAD + "X: a\u007fb||",
        HEAD + "X: a\u000bb||",
        HEAD + ": a||",
        HEAD + "X||",
        HEAD + "X(a): a||",
        HEAD + "X: a\rTransfer-Encoding: chunked||",
        HEAD + "X: a\nTransfer-Encoding: chunked||",
        HEAD + "X: a\r\r\n||",
        HEAD + "X: a|\r\r\n",
        HEAD + "X: a|\n",
        "POST / HTTP/1.1\nHost: x\n\n",
        // Hosts.
        "GET / HTTP/1.1||",
        "GET / HTTP/1.1|X-Host: x||",
        "GET / HTTP/1.1|Host: x|Host: x||",
        "GET / HTTP/1.1|Host: x|HOST: y||",
        "GET / HTTP/1.0|Host: x|Host: y||",
        // First lines.
        "GET /|",
        "GET|",
        "GET / |",
        "GET  / HTTP/1.1|",
        "GET /  HTTP/1.1|",
        "GET /a b HTTP/1.1|",
        "GET / HTTP/1.1 |",
        "GET\t/ HTTP/1.1|",
        "GET /\tHTTP/1.1|",
        "GET /\u000b HTTP/1.1|",
        "GET /\u001b[31m HTTP/1.1|",
        "GET /\u0000 HTTP/1.1|",
        " GET / HTTP/1.1|",
        "G\u0001T / HTTP/1.1|",
        "G@T / HTTP/1.1|",
        "GET / http/1.1|",
        "GET / Http/1.1|",
        "GET / HTTP/1|",
        "GET / HTTP/11|",
        "GET / HTTP/1.10|",
        "GET / HTTP/01.1|",
        "GET / HTTP/1.1x|",
        "GET / HTTP 1.1|",
        "GET / ICAP/1.1|",
        // Between requests.
        "GET / HTTP/1.1|Host: x||\u0000GET / HTTP/1.1|",
        "GET / HTTP/1.1|Host: x||\u0001",
        "GET / HTTP/1.1|Host: x||\u001b",
        "GET / HTTP/1.1|Host: x||\t",
        "GET / HTTP/1.1|Host: x|| ",
        "GET / HTTP/1.1|Host: x||\n",
        "GET / HTTP/1.1|Host: x||\rG",
        "GET / HTTP/1.1|Host: x||||",
        "GET / HTTP/1.1|Host: x||\u0085",
        // Chunks.
        CHUNKED + "5;a=\"|\"|12345|",
        CHUNKED + "5;a=\"b\"|12345|",
        CHUNKED + "5;\n12345|",
        CHUNKED + "5; a|",
        CHUNKED + "5 ;a|",
        CHUNKED + "5 |",
        CHUNKED + " 5|",
        CHUNKED + "\t5|",
        CHUNKED + "5\u000b|",
        CHUNKED + "5\n12345\n",
        CHUNKED + "5\r12345|",
        CHUNKED + "0x5|",
        CHUNKED + "+5|",
        CHUNKED + "-5|",
        CHUNKED + "5 5|",
        CHUNKED + "g|",
        CHUNKED + "|",
        CHUNKED + ";a|",
        CHUNKED + "FFFFFFFF|",
        CHUNKED + "80000000|",
        CHUNKED + "100000005|",
        CHUNKED + "000000005|",
        CHUNKED + "5|123456|",
        CHUNKED + "5|12345\n",
        CHUNKED + "5|12345XX",
        CHUNKED + "5|12345\rX",
        CHUNKED + "5|12345 |",
        CHUNKED + "0|Content-Length: 5||",
        CHUNKED + "0|Transfer-Encoding: chunked||",
        CHUNKED + "0|Host: y||",
        CHUNKED + "0|X : y||",
        CHUNKED + "0|X: a| b||",
        CHUNKED + "0|GET / HTTP/1.1|",
        CHUNKED + "0|\n",
        // Old web sockets have a body of eight bytes without a declared length.
        "GET / HTTP/1.1|Host: x|Upgrade: WebSocket|Sec-WebSocket-Key1: 1|Sec-WebSocket-Key2: 2||",
      })
  void whatever_can_be_read_in_two_ways_is_malformed(String request) {
    assertThatThrownBy(() -> read(request))
        .isInstanceOfSatisfying(
            FramingFault.class,
            fault -> {
              assertThat(fault.problem().status()).isEqualTo(400);
              assertThat(fault.problem().reason()).isEqualTo("request-malformed");
            });
    assertThatThrownBy(
            () -> {
              FramingParser framing = new FramingParser();
              for (byte one : bytes(request)) {
                framing.read(Unpooled.wrappedBuffer(new byte[] {one}));
              }
            })
        .isInstanceOf(FramingFault.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/3.7", "HTTP/0.9", "HTTP/2.0", "HTTP/1.2", "HTTP/9.9"})
  void a_version_that_is_none_of_ours_is_named(String version) {
    assertThatThrownBy(() -> read("GET / " + version + "|"))
        .isInstanceOfSatisfying(
            FramingFault.class,
            fault -> {
              assertThat(fault.problem().status()).isEqualTo(505);
              assertThat(fault.problem().reason()).isEqualTo("version-unsupported");
            });
  }

  @Test
  void a_fault_tells_which_request_has_it() {
    FramingParser framing = new FramingParser();
    String first = "GET / HTTP/1.1|Host: x||";
    assertThatThrownBy(
            () -> framing.read(Unpooled.wrappedBuffer(bytes(first + "GET / HTTP/1.1||"))))
        .isInstanceOf(FramingFault.class);
    assertThat(framing.messageStart()).isEqualTo(bytes(first).length);

    FramingParser within = new FramingParser();
    assertThatCode(() -> within.read(Unpooled.wrappedBuffer(bytes(CHUNKED + "5|12"))))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> within.read(Unpooled.wrappedBuffer(bytes("345x"))))
        .isInstanceOf(FramingFault.class);
    assertThat(within.messageStart()).isNegative();
  }
}
