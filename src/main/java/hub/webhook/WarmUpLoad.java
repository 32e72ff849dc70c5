package hub.webhook;

import hub.util.DaemonThreads;
import hub.webhook.verify.Signer;
import hub.webhook.verify.WebhookRejectedException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Sends signed events over a few connections, on each the next one as soon as the last is answered,
 * until the time is over, the rate no longer rises, or an event is refused.
 */
final class WarmUpLoad {
  /** Enough for appends to share transactions. */
  private static final int CONNECTIONS = 8;

  private static final int ANSWER_MILLIS = 2_000;
  private static final long WINDOW_MILLIS = 250;

  /** A rate that has not risen by a twentieth for so many windows is taken for the steady one. */
  private static final int WINDOWS_WITHOUT_RISE = 6;

  /** As large as usual events are. */
  private static final String EVENT =
      "{\"id\":\"evt_%s\",\"object\":\"event\",\"type\":\"customer.subscription.updated\",\"created\":1767225600,"
          + "\"data\":{\"object\":{\"id\":\"sub_%<s\",\"object\":\"subscription\",\"status\":\"active\",\"metadata\":{\"note\":\""
          + "x".repeat(900)
          + "\"}}},\"livemode\":true}";

  private static final String JSON = "application/json; charset=utf-8";

  private final int port;
  private final String path;
  private final Signer signer;
  private final Clock clock;
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicInteger answered = new AtomicInteger();
  private volatile boolean over;

  WarmUpLoad(int port, String path, Signer signer, Clock clock) {
    this.port = port;
    this.path = path;
    this.signer = signer;
    this.clock = clock;
  }

  /** Returns how many events were answered with 200. */
  int run(Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    List<Thread> senders =
        IntStream.range(0, CONNECTIONS)
            .mapToObj(number -> DaemonThreads.named("warm-up-" + number, this::send))
            .toList();
    senders.forEach(Thread::start);
    try {
      awaitSteadyRate(end);
    } finally {
      over = true;
    }
    for (Thread sender : senders) {
      sender.join(ANSWER_MILLIS);
    }
    return answered.get();
  }

  private void awaitSteadyRate(long end) throws InterruptedException {
    int best = 0;
    int windows = 0;
    while (!over && windows < WINDOWS_WITHOUT_RISE && end - System.nanoTime() > 0) {
      int before = answered.get();
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      TimeUnit.MILLISECONDS.sleep(Math.min(WINDOW_MILLIS, Math.max(1, left)));
      int now = answered.get() - before;
      boolean rises = best == 0 || now > best + best / 20;
      windows = rises ? 0 : windows + 1;
      best = Math.max(best, now);
    }
  }

  private void send() {
    try (Socket socket = new Socket(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port)) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(ANSWER_MILLIS);
      OutputStream out = socket.getOutputStream();
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (!over) {
        out.write(request());
        readAnswer(in);
        answered.incrementAndGet();
      }
    } catch (IOException e) {
      over = true;
    }
  }

  private byte[] request() {
    String id = "%012d".formatted(sent.incrementAndGet());
    byte[] body = EVENT.formatted(id).getBytes(StandardCharsets.US_ASCII);
    StringBuilder head = new StringBuilder();
    head.append("POST ").append(path).append(" HTTP/1.1\r\nHost: localhost\r\n");
    head.append("User-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)\r\nAccept: */*\r\n");
    head.append("Content-Length: ").append(body.length).append("\r\n");
    OutgoingWebhook signed = new OutgoingWebhook("http://localhost" + path, JSON, body);
    try {
      signer.sign(signed, id, "", clock.instant());
    } catch (WebhookRejectedException e) {
      throw new IllegalStateException(e); // there is all that is signed
    }
    signed
        .headers()
        .forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
    byte[] all = new byte[start.length + body.length];
    System.arraycopy(start, 0, all, 0, start.length);
    System.arraycopy(body, 0, all, start.length, body.length);
    return all;
  }

  private static void readAnswer(InputStream in) throws IOException {
    String status = line(in);
    if (!status.startsWith("HTTP/1.1 200 ")) {
      throw new IOException(status);
    }
    int length = 0;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length: ")) {
        length = Integer.parseInt(lower.substring("content-length: ".length()));
      }
    }
    in.skipNBytes(length);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("closed");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }
}
