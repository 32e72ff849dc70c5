package hub.bench;

import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import hub.provider.files.Bucket;
import hub.util.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures what the hub adds to a call, and how fast files and analytics events go through it; run
 * by {@code mvn -Pbench verify}. Each figure stands beside the same thing done without the hub.
 *
 * <p>System properties: {@code bench.calls} (3000) measured after as many that are not, and again
 * after {@code bench.calls-before} (20000) more, {@code bench.file-mib} (128), {@code
 * bench.analytics} (20000) events, {@code bench.rounds} (3), {@code bench.calls.report}: the page
 * to write.
 */
class CallsBench {
  private static final int CALLS = Integer.getInteger("bench.calls", 3_000);
  private static final int WARM_UP = Integer.getInteger("bench.calls-before", 20_000);
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 3);
  private static final int FILE_MIB = Integer.getInteger("bench.file-mib", 128);
  private static final int EVENTS = Integer.getInteger("bench.analytics", 20_000);
  private static final Path ROUTES = Path.of("routes");
  private static final int NEVER = 3_600;
  private static final String ADMIN_KEY = "an-admin-key-for-the-benchmark";

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir Path folder;

  private final WireMockServer provider =
      new WireMockServer(
          WireMockConfiguration.options().dynamicPort().disableRequestJournal().gzipDisabled(true));

  private final StringBuilder page = new StringBuilder();
  private Bucket bucket;
  private HubProcess hub;
  private int series;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    provider.start();
    bucket = Bucket.start();
    provider.stubFor(get("/it").willReturn(okJson("{\"fine\":true}")));
    provider.stubFor(post(anyUrl()).willReturn(okJson("{\"status\":1}")));
    copyRoutes();
    Map<String, String> environment = new HashMap<>();
    environment.put("BENCH_PROVIDER", provider.baseUrl());
    environment.put("S3_BUCKET", Bucket.NAME);
    environment.put("S3_ENDPOINT", "http://127.0.0.1:" + bucket.port());
    environment.put("AWS_REGION", "us-east-1");
    environment.put("AWS_ACCESS_KEY_ID", Bucket.KEY_ID);
    environment.put("AWS_SECRET_ACCESS_KEY", Bucket.SECRET);
    environment.put("POSTHOG_API_KEY", "a-project-key");
    environment.put("POSTHOG_HOST", provider.baseUrl());
    environment.put("EMAIL_TRANSPORT", "resend");
    environment.put("EMAIL_FROM", "hub@example.com");
    environment.put("RESEND_API_KEY", "a-key-of-resend");
    environment.put("RESEND_API_BASE", provider.baseUrl());
    hub = HubProcess.start(folder, environment);
  }

  private void copyRoutes() throws IOException {
    try (Stream<Path> files = Files.walk(ROUTES)) {
      for (Path file : files.toList()) {
        Path copy = folder.resolve("routes").resolve(ROUTES.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy);
        }
      }
    }
    for (String route :
        new String[] {
          "bench-open", "bench-call", "bench-durable", "handle-nothing", "bench-route-control"
        }) {
      try (InputStream in = CallsBench.class.getResourceAsStream(route + ".camel.yaml")) {
        Files.copy(in, folder.resolve("routes").resolve(route + ".camel.yaml"));
      }
    }
  }

  @AfterEach
  void stop() throws InterruptedException {
    hub.close();
    provider.stop();
    bucket.close();
  }

  @Test
  void measures_calls_out() throws Exception {
    page.append(
        """
        # Performance of calls out

        Written by `mvn -Pbench verify`. Only ratios and differences within one run mean anything on another machine.

        Measured on %s on %s. The hub is a process of its own (`%s`) on embedded H2; the provider (WireMock) and the \
        sender share another one.

        """
            .formatted(Machine.described(), LocalDate.now(ZoneOffset.UTC), HubProcess.HEAP));
    calls();
    uploads();
    events();
    System.out.println(page);
    Path report =
        Path.of(
            System.getProperty("bench.calls.report", "src/docs/reference/performance-calls.md"));
    Files.writeString(report, page.toString());
  }

  /** One after another, so that nothing but the way itself is measured. */
  private void calls() throws IOException, InterruptedException {
    HttpRequest direct = HttpRequest.newBuilder(URI.create(provider.baseUrl() + "/it")).build();
    HttpRequest through =
        HttpRequest.newBuilder(
                URI.create("http://localhost:" + hub.port() + "/api/admin/bench/call"))
            .header("Authorization", "Bearer " + ADMIN_KEY)
            .build();
    millis(direct, CALLS);
    double[] directly = millis(direct, CALLS);
    millis(through, CALLS);
    double[] cold = millis(through, CALLS);
    millis(through, WARM_UP);
    double[] warm = millis(through, CALLS);
    page.append(
        """
        ## A call through the policy

        %,d calls, one after another.

        | way | p50 ms | p99 ms |
        |---|---:|---:|
        """
            .formatted(CALLS));
    row("direct", at(directly, 0.5), at(directly, 0.99));
    String hub = "through the hub (`http-api-action`), after %,d calls";
    row(hub.formatted(CALLS), at(cold, 0.5), at(cold, 0.99));
    row("added", at(cold, 0.5) - at(directly, 0.5), at(cold, 0.99) - at(directly, 0.99));
    row(hub.formatted(2 * CALLS + WARM_UP), at(warm, 0.5), at(warm, 0.99));
    row("added", at(warm, 0.5) - at(directly, 0.5), at(warm, 0.99) - at(directly, 0.99));
    page.append('\n');
  }

  private void row(String way, double half, double most) {
    page.append("| %s | %.2f | %.2f |%n".formatted(way, half, most));
  }

  /** The same file by the hub and by the bare SDK, in turns. */
  private void uploads() throws IOException, InterruptedException {
    Path file = folder.resolve("upload");
    byte[] bytes = new byte[FILE_MIB << 20];
    new Random(1).nextBytes(bytes);
    Files.write(file, bytes);
    double[] bare = new double[ROUNDS];
    double[] byHub = new double[ROUNDS];
    for (int round = -1; round < ROUNDS; round++) {
      long begun = System.nanoTime();
      bucket.client().putObject(put -> put.bucket(Bucket.NAME).key("bare"), file);
      double seconds = (System.nanoTime() - begun) / 1e9;
      begun = System.nanoTime();
      HttpResponse<String> answer =
          HTTP.send(
              caller("/api/files/by-hub").PUT(HttpRequest.BodyPublishers.ofFile(file)).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(201);
      if (round >= 0) {
        bare[round] = FILE_MIB / seconds;
        byHub[round] = FILE_MIB / ((System.nanoTime() - begun) / 1e9);
      }
    }
    Arrays.sort(bare);
    Arrays.sort(byHub);
    page.append(
        """
        ## An upload

        %d MiB to an S3 server on the same machine, %d times in turns; medians.

        | way | MiB/s | × the bare SDK |
        |---|---:|---:|
        | AWS SDK, one put | %.0f | 1.00 |
        | `PUT /api/files/{key}`, streamed in parts | %.0f | %.2f |

        """
            .formatted(
                FILE_MIB, ROUNDS, at(bare, 0.5), at(byHub, 0.5), at(byHub, 0.5) / at(bare, 0.5)));
  }

  /** Taken one request each and stored, beside webhooks; then sent on. */
  private void events() throws Exception {
    control("suspend", List.of("handle-nothing", "posthog-send-events", "email-send"));
    stored();
    double[][] rates = new double[ROUNDS][];
    for (int round = 0; round < ROUNDS; round++) {
      rates[round] = stored();
    }
    long ofEach = (ROUNDS + 1L) * EVENTS;
    control("resume", List.of("handle-nothing"));
    await(() -> open() <= 2 * ofEach);
    long begun = System.nanoTime();
    control("resume", List.of("posthog-send-events"));
    await(() -> open() <= ofEach);
    double sent = (System.nanoTime() - begun) / 1e9;
    double webhook = median(rates, 0);
    page.append(
        """
        ## Analytics events and e-mail

        %,d requests of each kind over 64 connections, in turns with webhooks, stored on H2 while nobody works on them; medians \
        of %d rounds.

        | | stored a second | × webhooks |
        |---|---:|---:|
        | webhooks, 1.3 KB, signed | %,.0f | 1.00 |
        | `POST /api/analytics/track` | %,.0f | %.2f |
        | `POST /api/email` | %,.0f | %.2f |

        The events are then sent to PostHog's `/batch/` in batches of up to 100: %,.0f a second.

        """
            .formatted(
                EVENTS,
                ROUNDS,
                webhook,
                median(rates, 1),
                median(rates, 1) / webhook,
                median(rates, 2),
                median(rates, 2) / webhook,
                ofEach / sent));
  }

  /** A round: webhooks, events, e-mail, how many of each a second. */
  private double[] stored() throws IOException {
    StripeEvents webhooks = new StripeEvents("bench", String.format("%04d", ++series));
    double[] rates = new double[3];
    int at = 0;
    for (Supplier<ByteBuffer> requests : List.of(webhooks, ApiRequests.TRACK, ApiRequests.EMAIL)) {
      rates[at++] = Load.of(EVENTS, NEVER, hub.port(), requests).perSecond();
    }
    return rates;
  }

  private static double median(double[][] rounds, int kind) {
    return Series.median(Arrays.stream(rounds).map(round -> round[kind]).toList());
  }

  private void control(String action, List<String> routes)
      throws IOException, InterruptedException {
    for (String route : routes) {
      assertThat(hub.get("/api/admin/bench/route?id=" + route + "&action=" + action))
          .isLessThan(300);
    }
  }

  private static void await(Callable<Boolean> state) throws Exception {
    while (!state.call()) {
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private long open() throws IOException, InterruptedException {
    HttpRequest stats =
        HttpRequest.newBuilder(URI.create("http://localhost:" + hub.port() + "/api/admin/stats"))
            .header("Authorization", "Bearer " + ADMIN_KEY)
            .build();
    return Json.own(HTTP.send(stats, HttpResponse.BodyHandlers.ofString()).body())
        .path("backlog")
        .asLong();
  }

  private HttpRequest.Builder caller(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + hub.port() + path))
        .header("Authorization", "Bearer " + HubProcess.API_KEY);
  }

  private static double[] millis(HttpRequest request, int calls)
      throws IOException, InterruptedException {
    double[] millis = new double[calls];
    for (int i = 0; i < calls; i++) {
      long begun = System.nanoTime();
      HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
      millis[i] = (System.nanoTime() - begun) / 1e6;
      assertThat(answer.body()).contains("fine");
    }
    Arrays.sort(millis);
    return millis;
  }

  private static double at(double[] sorted, double share) {
    return sorted[(int) Math.ceil(sorted.length * share) - 1];
  }
}
