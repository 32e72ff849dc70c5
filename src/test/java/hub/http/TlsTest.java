package hub.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import hub.testing.Certificate;
import hub.testing.Store;
import hub.testing.TestHub;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TlsTest {
  @Test
  void the_settings_of_the_readme_serve_webhooks_over_tls() throws Exception {
    Certificate certificate = Certificate.of("localhost");
    try (TestHub hub =
        certificate
            .shownBy(TestHub.on(Store.H2))
            .routeFile("stripe/stripe-webhook.camel.yaml")
            .start()) {
      HttpResponse<String> answer =
          HttpClient.newBuilder()
              .sslContext(certificate.trusting())
              .build()
              .send(
                  HttpRequest.newBuilder(
                          URI.create("https://localhost:" + hub.port() + "/api/webhooks/stripe"))
                      .POST(HttpRequest.BodyPublishers.ofString("{}"))
                      .build(),
                  HttpResponse.BodyHandlers.ofString());

      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body())
          .contains("urn:hub:problem:not-configured")
          .contains("STRIPE_WEBHOOK_SECRET");
      assertThat(answer.sslSession()).isPresent();
      assertThat(printed("events", "--url", "https://localhost:" + hub.port()))
          .contains("The certificate of https://localhost:", "javax.net.ssl.trustStore")
          .hasLineCount(1);
    }
  }

  /** What a command prints that does not trust the certificate. */
  private String printed(String... args) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "hub.Hub"));
    command.addAll(List.of(args));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("HUB_ADMIN_KEY", TestHub.ADMIN_KEY);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).isEqualTo(1);
    return output;
  }
}
