package hub;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import hub.testing.HubProcess;
import hub.testing.RawHttp;
import hub.testing.Siege;
import hub.testing.Store;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whoever has no key, or only a small one, keeps nobody else from the hub. Each attack is a method
 * that hands what it does to {@link Siege#endure}; what takes much memory has a hub of its own.
 * Runs after the tests, with the machine to itself, because it asks how soon others are answered.
 * Slow: each attack lasts for seconds.
 */
@Tag("alone")
@Tag("slow")
class AttackIT {
  private static final int LOGINS = 120;
  private static final int MEBIBYTE = 1 << 20;
  private static final int EMAILS = 12;
  private static final String MAILER_KEY = "a-key-for-email-alone-0123456789";

  /** What takes little memory shares one. */
  private static HubProcess shared;

  /** Takes every connection and answers none. */
  private static ServerSocket silent;

  private static final AtomicInteger SENT = new AtomicInteger();

  /** In place of Resend. */
  private static HttpServer mails;

  @BeforeAll
  static void startOthers() throws Exception {
    silent = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    mails = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    mails.createContext("/emails", AttackIT::takeMail);
    mails.start();
    shared = start();
  }

  private static HubProcess start() throws Exception {
    return Siege.hub(Store.H2)
        .with("HUB_API_KEYS", "mailer:" + MAILER_KEY + ":email")
        .with("EMAIL_TRANSPORT", "resend")
        .with("EMAIL_FROM", "hub@example.com")
        .with("RESEND_API_KEY", "re_0123456789abcdef")
        // As long as a login hangs: each holds its thread until then.
        .with("HUB_CALL_TOTAL_SECONDS", "10")
        .with("RESEND_API_BASE", "http://localhost:" + mails.getAddress().getPort())
        .routeFile("email/email-queue.camel.yaml")
        .routeFile("email/email-send.camel.yaml")
        .routeFile("email/email-by-resend.camel.yaml")
        .routeFile("email/email-by-sendgrid.camel.yaml")
        .routeFile("email/email-by-smtp.camel.yaml")
        .routeFile("email/email-leave-out-suppressed.camel.yaml")
        .routeFile("email/email-read-attachments.camel.yaml")
        .loginProviders(
            "silent: {issuer: \"http://localhost:%d\", client-id: a}"
                .formatted(silent.getLocalPort()))
        .start();
  }

  @AfterAll
  static void stopOthers() throws Exception {
    shared.close();
    silent.close();
    mails.stop(0);
  }

  private static void takeMail(HttpExchange request) throws IOException {
    try (request) {
      request.getRequestBody().transferTo(OutputStream.nullOutputStream());
      request.sendResponseHeaders(200, -1);
      SENT.incrementAndGet();
    }
  }

  @Test
  void emails_of_a_quarter_of_a_million_cells_hold_up_no_webhook() throws Exception {
    try (HubProcess hub = start()) {
      Siege.endure(EMAILS + " e-mails of 250,000 cells", hub, AttackIT::cells);
    }
  }

  private static void cells(HubProcess hub) throws Exception {
    String body =
        "{\"to\":\"ada@example.com\",\"subject\":\"Cells\",\"html\":\"<table><tr>"
            + "<td>".repeat(250_000)
            + "\"}";
    HttpClient mailer = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    HttpRequest mail =
        HttpRequest.newBuilder(URI.create("http://localhost:" + hub.port() + "/api/email"))
            .header("Authorization", "Bearer " + MAILER_KEY)
            .header("Content-Type", "application/json")
            .timeout(Duration.ofSeconds(60))
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    int taken = 0;
    for (int i = 0; i < EMAILS; i++) {
      int status = mailer.send(mail, HttpResponse.BodyHandlers.ofString()).statusCode();
      assertThat(status).isIn(202, 503);
      taken += status == 202 ? 1 : 0;
    }
    int stored = taken;
    assertThat(stored).as("e-mails that were taken").isPositive();
    // What is costly is done when they are sent.
    await().atMost(Duration.ofSeconds(90)).until(() -> SENT.get() >= stored);
  }

  @Test
  void bodies_that_are_never_finished_cost_others_nothing() throws Exception {
    try (HubProcess hub = start()) {
      Siege.endure("450 bodies of 1 MiB without their last byte", hub, AttackIT::unfinished);
    }
  }

  private static void unfinished(HubProcess hub) throws Exception {
    String head =
        "POST /api/webhooks/besieged HTTP/1.1\r\nHost: hub\r\nX-Signature: 00\r\nContent-Length: "
            + MEBIBYTE
            + "\r\n\r\n";
    ByteBuffer body = ByteBuffer.allocateDirect(MEBIBYTE - 1);
    List<SocketChannel> open = new ArrayList<>();
    try {
      for (int i = 0; i < 450; i++) {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress("localhost", hub.port()));
        open.add(channel);
        try {
          channel.write(ByteBuffer.wrap(head.getBytes(US_ASCII)));
          ByteBuffer bytes = body.duplicate();
          while (bytes.hasRemaining()) {
            channel.write(bytes);
          }
        } catch (IOException refused) {
          // Also an answer.
        }
      }
      TimeUnit.SECONDS.sleep(8);
    } finally {
      for (SocketChannel channel : open) {
        channel.close();
      }
    }
  }

  @Test
  void fifteen_hundred_honest_senders_fit_into_the_same_memory() throws Exception {
    try (HubProcess hub = start()) {
      Siege.endure("1,500 connections that post in turn", hub, AttackIT::honest);
    }
  }

  private static void honest(HubProcess hub) throws Exception {
    List<RawHttp> senders = new ArrayList<>();
    try {
      for (int i = 0; i < 1_500; i++) {
        senders.add(new RawHttp(hub.port()));
      }
      int atOnce = 50;
      for (int from = 0; from < senders.size(); from += atOnce) {
        List<RawHttp> now = senders.subList(from, from + atOnce);
        for (int i = 0; i < atOnce; i++) {
          post(now.get(i), "honest-" + (from + i));
        }
        for (RawHttp sender : now) {
          assertThat(sender.reply().status()).isEqualTo(200);
        }
      }
    } finally {
      for (RawHttp sender : senders) {
        sender.close();
      }
    }
  }

  private static void post(RawHttp sender, String id) throws IOException {
    String body =
        "{\"id\":\"%s\",\"type\":\"ping\",\"text\":\"%s\"}".formatted(id, "x".repeat(20_000));
    sender
        .head(
            "POST /api/webhooks/besieged HTTP/1.1",
            "Host: hub",
            "X-Signature: " + Siege.signature(body),
            "Content-Length: " + body.length())
        .write(body.getBytes(US_ASCII));
  }

  @Test
  void answers_that_nobody_reads_cost_no_memory() throws Exception {
    Siege.endure("40,000 requests without reading an answer", shared, AttackIT::unread);
  }

  private static void unread(HubProcess hub) throws Exception {
    try (SocketChannel channel = SocketChannel.open()) {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, 4 * 1024);
      channel.connect(new InetSocketAddress("localhost", hub.port()));
      channel.configureBlocking(false);
      ByteBuffer requests =
          ByteBuffer.wrap(
              "GET /console/app.js HTTP/1.1\r\nHost: hub\r\n\r\n"
                  .repeat(40_000)
                  .getBytes(US_ASCII));
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      while (System.nanoTime() < end) {
        channel.write(requests);
        TimeUnit.MILLISECONDS.sleep(5);
      }
    }
  }

  @Test
  void logins_at_a_provider_that_hangs_hold_up_no_webhook() throws Exception {
    Siege.endure(LOGINS + " logins at a provider that hangs", shared, AttackIT::hangingLogins);
  }

  private static void hangingLogins(HubProcess hub) {
    HttpClient browsers = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    HttpRequest login =
        HttpRequest.newBuilder(
                URI.create("http://localhost:" + hub.port() + "/api/auth/silent/login"))
            .timeout(Duration.ofSeconds(90))
            .build();
    long begun = System.nanoTime();
    Stream.generate(() -> browsers.sendAsync(login, HttpResponse.BodyHandlers.ofString()))
        .limit(LOGINS)
        .toList()
        .forEach(answer -> assertThat(answer.join().statusCode()).isIn(503, 504));
    // Else nobody hung, and nothing was shown.
    assertThat(System.nanoTime() - begun).isGreaterThan(TimeUnit.SECONDS.toNanos(5));
  }

  @Test
  void pipelined_requests_are_all_answered_by_whoever_reads() throws Exception {
    try (RawHttp connection = new RawHttp(shared.port())) {
      int requests = 2_000;
      Thread writer =
          new Thread(
              () -> {
                try {
                  connection.write(
                      "GET /api/nothing HTTP/1.1\r\nHost: hub\r\n\r\n"
                          .repeat(requests)
                          .getBytes(US_ASCII));
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      writer.start();
      for (int i = 0; i < requests; i++) {
        assertThat(connection.reply().status()).isEqualTo(401);
      }
      writer.join();
    }
  }
}
