package hub.bench;

import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures what the hub adds to a call, and how fast files and analytics events go through it; run
 * by {@code mvn -Pbench verify}. Each figure stands beside the same thing done without the hub.
 *
 * <p>System properties: {@code bench.calls} (3000) measured after as many that are not, {@code
 * bench.calls.report}: the page to write.
 */
class CallsBench {
  private static final int CALLS = Integer.getInteger("bench.calls", 3_000);
  private static final Path ROUTES = Path.of("routes");
  private static final String ADMIN_KEY = "an-admin-key-for-the-benchmark";

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @TempDir Path folder;

  private final WireMockServer provider =
      new WireMockServer(
          WireMockConfiguration.options().dynamicPort().disableRequestJournal().gzipDisabled(true));

  private final StringBuilder page = new StringBuilder();
  private HubProcess hub;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    provider.start();
    provider.stubFor(get("/it").willReturn(okJson("{\"fine\":true}")));
    provider.stubFor(post(anyUrl()).willReturn(okJson("{\"status\":1}")));
    copyRoutes();
    Map<String, String> environment = new HashMap<>();
    environment.put("BENCH_PROVIDER", provider.baseUrl());
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
    for (String route : new String[] {"bench-open", "bench-call"}) {
      try (InputStream in = CallsBench.class.getResourceAsStream(route + ".camel.yaml")) {
        Files.copy(in, folder.resolve("routes").resolve(route + ".camel.yaml"));
      }
    }
  }

  @AfterEach
  void stop() throws InterruptedException {
    hub.close();
    provider.stop();
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
    millis(direct);
    millis(through);
    double[] directly = millis(direct);
    double[] byHub = millis(through);
    page.append(
        """
        ## A call through the policy

        %,d calls, one after another, after as many that were not measured.

        | way | p50 ms | p99 ms |
        |---|---:|---:|
        | direct | %.2f | %.2f |
        | through the hub (`http-api-action`) | %.2f | %.2f |
        | added | %.2f | %.2f |

        """
            .formatted(
                CALLS,
                at(directly, 0.5),
                at(directly, 0.99),
                at(byHub, 0.5),
                at(byHub, 0.99),
                at(byHub, 0.5) - at(directly, 0.5),
                at(byHub, 0.99) - at(directly, 0.99)));
  }

  private static double[] millis(HttpRequest request) throws IOException, InterruptedException {
    double[] millis = new double[CALLS];
    for (int i = 0; i < CALLS; i++) {
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
