package hub.provider.email;

import static org.assertj.core.api.Assertions.assertThat;

import hub.testing.LogLines;
import hub.testing.Store;
import hub.testing.TestHub;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Failures of SMTP servers. */
@Tag("long") // calls run into their limits of time
@Tag("waits")
class SmtpFaultsTest {
  /** Sends a text to each client that connects. */
  private interface Talk {
    void with(Socket socket, OutputStream out) throws Exception;
  }

  private static volatile Talk talk;
  private static ServerSocket server;
  private static TestHub hub;

  @BeforeAll
  static void start() throws IOException {
    server = new ServerSocket(0);
    Thread thread = new Thread(SmtpFaultsTest::serve);
    thread.setDaemon(true);
    thread.start();
    hub =
        EmailHub.bySmtp(Store.H2, "smtp://localhost:" + server.getLocalPort())
            .with("hub.call.attempt-seconds", "1")
            .with("hub.call.retries", "1")
            .with("hub.breaker.attempts", "1000")
            .with("hub.inbox.retry-delays-seconds", "600")
            .start();
  }

  private static void serve() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread thread = new Thread(() -> talkTo(socket));
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void talkTo(Socket socket) {
    try (socket) {
      talk.with(socket, socket.getOutputStream());
    } catch (Exception e) {
      // The hub closed the connection, as it should.
    }
  }

  @AfterAll
  static void stop() throws IOException {
    hub.close();
    server.close();
  }

  /** Both attempts fail in this way, and the event waits for another one. */
  private static void assertFails(Talk wanted, String line) {
    talk = wanted;
    try (LogLines calls = LogLines.of("hub.call")) {
      String id = EmailHub.queue(hub, EmailHub.mail("ada@example.com"));
      EmailHub.awaitStatus(hub, id, "retrying 1");

      assertThat(calls.lines()).hasSize(2).allSatisfy(one -> assertThat(one).containsPattern(line));
    }
  }

  private static void say(OutputStream out, String line) throws IOException {
    out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  @Test
  void a_server_that_says_nothing_is_left_in_time() {
    assertFails((socket, out) -> Thread.sleep(20_000), "outcome=timeout ms=1\\d{3} ");
  }

  @Test
  void a_server_that_drips_is_left_in_time() {
    assertFails(
        (socket, out) -> {
          while (true) {
            out.write('2');
            out.flush();
            Thread.sleep(100);
          }
        },
        "outcome=timeout ms=1\\d{3} ");
  }

  @Test
  void a_server_that_never_ends_is_cut_off() {
    assertFails(
        (socket, out) -> {
          byte[] noise = new byte[65536];
          while (true) {
            out.write(noise);
          }
        },
        "outcome=unavailable .*larger than 262144 bytes");
  }

  @Test
  void a_web_server_is_no_mail_server() {
    assertFails(
        (socket, out) -> {
          say(out, "HTTP/1.1 400 Bad Request");
          say(out, "");
          say(out, "<html>no</html>");
        },
        "outcome=unavailable .*greets with");
  }

  @Test
  void a_connection_that_is_reset_is_tried_again() {
    assertFails(
        (socket, out) -> {
          say(out, "220 hello");
          socket.setSoLinger(true, 0);
        },
        "outcome=unavailable ");
  }

  @Test
  void a_server_that_goes_away_in_the_middle_is_tried_again() {
    assertFails(
        (socket, out) -> {
          say(out, "220 hello");
          socket.getInputStream().read();
          say(out, "421 4.3.2 shutting down");
        },
        "outcome=unavailable ");
  }

  @Test
  void nobody_there_is_tried_again() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    try (LogLines calls = LogLines.of("hub.call");
        TestHub alone =
            EmailHub.bySmtp(Store.H2, "smtp://localhost:" + port)
                .with("hub.call.retries", "1")
                .with("hub.inbox.retry-delays-seconds", "600")
                .start()) {
      String id = EmailHub.queue(alone, EmailHub.mail("ada@example.com"));
      EmailHub.awaitStatus(alone, id, "retrying 1");

      assertThat(calls.lines()).hasSize(2);
      assertThat(calls.lines().get(1)).contains("outcome=unavailable", "cannot be reached");
    }
  }
}
