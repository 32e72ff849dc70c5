package hub.github;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The shipped example of a call to any HTTP API. */
class GitHubRepositoryTest {
  private static final WireMockServer GITHUB =
      new WireMockServer(WireMockConfiguration.options().dynamicPort());

  private static TestHub hub;

  @BeforeAll
  static void start() {
    GITHUB.start();
    hub =
        TestHub.on(Store.H2)
            .with("GITHUB_API_BASE", GITHUB.baseUrl())
            .routeFile("policies/*.camel.yaml")
            .routeFile("github/github-show-repository.camel.yaml")
            .start();
  }

  @AfterAll
  static void stop() {
    hub.close();
    GITHUB.stop();
  }

  @Test
  void a_repository_is_asked_for_once_a_minute() {
    GITHUB.stubFor(
        get("/repos/apache/camel")
            .withHeader("Accept", equalTo("application/vnd.github+json"))
            .willReturn(
                okJson(
                    "{\"full_name\":\"apache/camel\",\"description\":\"Integration \\\"framework\\\"\",\"stargazers_count\":5}")));
    String expected =
        "{\"name\":\"apache/camel\",\"description\":\"Integration \\\"framework\\\"\",\"stars\":5}";

    for (int i = 0; i < 3; i++) {
      HttpResponse<String> answer = hub.get("/api/github/repositories/apache/camel");
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(Json.own(answer.body())).isEqualTo(Json.own(expected));
    }

    GITHUB.verify(1, getRequestedFor(urlEqualTo("/repos/apache/camel")));
  }

  @Test
  void what_github_does_not_know_is_404() {
    GITHUB.stubFor(
        get("/repos/apache/cow")
            .willReturn(
                aResponse()
                    .withStatus(404)
                    .withHeader("Content-Type", "application/json")
                    .withBody("{\"message\":\"Not Found\"}")));

    HttpResponse<String> answer = hub.get("/api/github/repositories/apache/cow");

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(Json.own(answer.body()).path("type").asText())
        .isEqualTo("urn:hub:problem:provider-rejected");
    assertThat(answer.body()).contains("Not Found");
  }

  @Test
  void a_name_cannot_climb_in_the_path() {
    GITHUB.resetRequests();
    hub.get("/api/github/repositories/apache/%2e%2e%2fuser");
    assertThat(GITHUB.getAllServeEvents())
        .allSatisfy(
            event ->
                assertThat(event.getRequest().getUrl())
                    .startsWith("/repos/")
                    .doesNotContain("/../"));
  }
}
