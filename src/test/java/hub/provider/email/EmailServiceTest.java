package hub.provider.email;

import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A further e-mail service is one route: that of the how-to page, as it stands there. */
class EmailServiceTest {
  private static TestHub.Builder builder() throws IOException {
    return withRoute(EmailHub.builder(Store.H2)).with("EMAIL_TRANSPORT", "postmark");
  }

  /** Adds the route of the how-to page. */
  static TestHub.Builder withRoute(TestHub.Builder builder) throws IOException {
    Matcher route =
        Pattern.compile("<!-- route email/(\\S+) -->\n *```yaml\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("src/docs/how-to/add-an-email-service.md")));
    assertThat(route.find()).isTrue();
    return builder.route(route.group(1), route.group(2).stripIndent());
  }

  @Test
  void an_email_goes_by_a_service_that_is_a_route_alone() throws IOException {
    WireMockServer server = new WireMockServer(WireMockConfiguration.options().dynamicPort());
    server.start();
    server.stubFor(post("/email").willReturn(okJson("{\"ErrorCode\":0}")));
    try (TestHub hub =
        builder()
            .with("POSTMARK_SERVER_TOKEN", "the-token-of-postmark")
            .with("POSTMARK_API_BASE", server.baseUrl())
            .start()) {
      String id =
          EmailHub.queue(
              hub,
              "{\"to\":[\"ada@example.com\",\"bob@example.com\"],\"subject\":\"a, (b) ${c}\",\"html\":\"<p>Hi</p>\"}");
      EmailHub.awaitStatus(hub, id, "done 1");

      LoggedRequest request = server.findAll(postRequestedFor(urlEqualTo("/email"))).get(0);
      assertThat(request.getHeader("X-Postmark-Server-Token")).isEqualTo("the-token-of-postmark");
      assertThat(request.getHeader("Idempotency-Key"))
          .isEqualTo(id + "/email-send/send-email-by-other/send-by-postmark");
      JsonNode body = Json.own(request.getBodyAsString());
      assertThat(body.path("From").asText()).isEqualTo("Zoë Ångström <hub@example.com>");
      assertThat(body.path("To").asText()).isEqualTo("ada@example.com, bob@example.com");
      assertThat(body.path("Subject").asText()).isEqualTo("a, (b) ${c}");
      assertThat(body.path("TextBody").asText()).isEqualTo("Hi");
      assertThat(body.has("ReplyTo")).isFalse();
    } finally {
      server.stop();
    }
  }

  @Test
  void what_the_service_needs_is_named_before_an_email_is_taken() throws IOException {
    try (TestHub hub = builder().start()) {
      HttpResponse<String> answer = EmailHub.post(hub, EmailHub.mail("ada@example.com"));

      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).contains("not-configured", "set POSTMARK_SERVER_TOKEN");
    }
  }

  @Test
  void a_service_without_a_route_is_refused_with_those_that_there_are() throws IOException {
    try (TestHub hub = builder().with("EMAIL_TRANSPORT", "pigeon").start()) {
      HttpResponse<String> answer = EmailHub.post(hub, EmailHub.mail("ada@example.com"));

      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body())
          .contains("EMAIL_TRANSPORT must be one of postmark, resend, sendgrid, smtp");
    }
  }
}
