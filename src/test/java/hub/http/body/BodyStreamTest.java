package hub.http.body;

import static org.assertj.core.api.Assertions.assertThat;

import hub.testing.Store;
import hub.testing.TestHub;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A route with {@code useStreaming: true} that reads its body as any stream. */
class BodyStreamTest {
  private static TestHub hub;

  @BeforeAll
  static void start() {
    hub =
        TestHub.on(Store.H2)
            .with("hub.http.idle-seconds", "1")
            .bind("sum", (Processor) BodyStreamTest::sum)
            .route(
                "sum",
                """
                - route:
                    id: sum
                    description: Adds up the bytes of a body.
                    from:
                      uri: platform-http:/api/test/sum
                      parameters:
                        httpMethodRestrict: PUT
                        useStreaming: true
                      steps:
                        - process:
                            ref: sum
                """)
            .start();
  }

  @AfterAll
  static void stop() {
    hub.close();
  }

  private static void sum(Exchange exchange) throws Exception {
    InputStream body = exchange.getMessage().getBody(InputStream.class);
    assertThat(body).isInstanceOf(BodyStream.class);
    long sum = body.read();
    byte[] some = new byte[1_000];
    for (int read = body.read(some); read >= 0; read = body.read(some)) {
      for (int i = 0; i < read; i++) {
        sum += some[i] & 0xff;
      }
    }
    exchange.getMessage().setBody(Long.toString(sum));
  }

  @Test
  void a_body_is_read_while_it_arrives() {
    byte[] bytes = new byte[3_000_000];
    java.util.Arrays.fill(bytes, (byte) 0xff);

    HttpResponse<String> answer =
        hub.send("PUT", "/api/test/sum", bytes, "Authorization", "Bearer " + TestHub.API_KEY);

    assertThat(answer.body()).isEqualTo(Long.toString(3_000_000L * 0xff));
  }

  @Test
  void a_reader_is_told_of_a_sender_that_falls_silent() throws Exception {
    try (Socket socket = new Socket("localhost", hub.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          ("PUT /api/test/sum HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nAuthorization: Bearer "
                  + TestHub.API_KEY
                  + "\r\n\r\nab")
              .getBytes(StandardCharsets.US_ASCII));
      socket.setSoTimeout(10_000);

      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 408 ");
    }
  }
}
