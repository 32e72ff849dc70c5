package hub.call.policy;

import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
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
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two lines of {@code headers} are two headers, however the Kamelet gets them. */
class HeaderListTest {
  private static final WireMockServer API =
      new WireMockServer(WireMockConfiguration.options().dynamicPort());

  private static final String ADDRESS =
      "kamelet:http-api-action?baseUrl=http://localhost:%d&path=/list&breaker=listed&headers=";

  private static final String BLOCK =
      """
      - to:
          id: ask-%s
          uri: %s
          parameters:
            baseUrl: http://localhost:%d
            path: /list
            breaker: listed
            headers: %s
      """;

  private static final String LINES = "|\n        X-A: 1, two: {three}\n        X-B: 4";

  /** Passes its parameters on to the shipped Kamelet. */
  private static final String INNER =
      """
      apiVersion: camel.apache.org/v1
      kind: Kamelet
      metadata:
        name: listed-inner-action
        labels:
          camel.apache.org/kamelet.type: action
      spec:
        definition:
          title: Inner
          type: object
          properties:
            headers:
              type: string
        template:
          from:
            uri: kamelet:source
            steps:
              - to:
                  uri: kamelet:http-api-action
                  parameters:
                    baseUrl: http://localhost:%d
                    path: /list
                    breaker: listed
                    headers: "{{headers}}"
      """;

  @TempDir private static Path kamelets;
  private static TestHub hub;

  private static Map<String, String> ways() {
    Map<String, String> ways = new LinkedHashMap<>();
    ways.put("block", block("block", "kamelet:http-api-action", LINES));
    ways.put(
        "quoted",
        block("quoted", "kamelet:http-api-action", "\"X-A: 1, two: {three}\\r\\nX-B: 4\\n\""));
    ways.put("setting", block("setting", "kamelet:http-api-action", "'{{listed.headers}}'"));
    ways.put(
        "default",
        block(
            "default",
            "kamelet:http-api-action",
            "'{{unset:X-A: 1, two: 3}}%0A{{listed.second}}'"));
    ways.put("optional", block("optional", "kamelet:http-api-action", "'{{?listed.headers}}'"));
    ways.put("nested", block("nested", "kamelet:http-api-action", "'{{listed.nested}}'"));
    ways.put("inner", block("inner", "kamelet:listed-inner-action", LINES));
    ways.put(
        "inner-setting",
        block("inner-setting", "kamelet:listed-inner-action", "'{{listed.headers}}'"));
    ways.put("address", step("to", "address", ADDRESS + "X-A: 1, two: {three}%%0AX-B: 4"));
    ways.put("address-setting", step("to", "address-setting", ADDRESS + "{{listed.headers}}"));
    ways.put(
        "dynamic",
        step(
            "toD",
            "dynamic",
            ADDRESS + "X-C: ${variable.four}%%0AX-A: 1, two: {three}%%0AX-B: ${variable.four}"));
    ways.put(
        "dynamic-setting",
        step("toD", "dynamic-setting", ADDRESS + "X-C: 5%%0A{{listed.headers}}"));
    ways.put(
        "step",
        """
        - kamelet:
            name: http-api-action
            parameters:
              baseUrl: http://localhost:%d
              path: /list
              breaker: listed
              headers: |
                X-A: 1, two: {three}
                X-B: 4
        """
            .formatted(API.port()));
    return ways;
  }

  private static Set<String> names() {
    return ways().keySet();
  }

  private static String block(String id, String uri, String headers) {
    return BLOCK.formatted(id, uri, API.port(), headers);
  }

  private static String step(String step, String id, String address) {
    return "- %s:\n    id: ask-%s\n    uri: \"%s\"\n"
        .formatted(step, id, address.formatted(API.port()));
  }

  @BeforeAll
  static void start() throws IOException {
    API.start();
    Files.writeString(
        kamelets.resolve("listed-inner-action.kamelet.yaml"), INNER.formatted(API.port()));
    TestHub.Builder builder =
        TestHub.on(Store.H2)
            .routeFile("policies/*.camel.yaml")
            .with("listed.headers", "X-A: 1, two: {three}\nX-B: 4")
            .with("listed.second", "X-B: 4")
            .with("listed.nested", "X-A: 1, two: {three}\n{{listed.second}}")
            .with("camel.component.kamelet.location", "classpath:kamelets,file:" + kamelets);
    ways()
        .forEach(
            (name, steps) ->
                builder.route(
                    "listed-" + name,
                    """
                    - route:
                        id: listed-%s
                        description: Calls with two headers.
                        from:
                          uri: platform-http:/api/test/%s
                          steps:
                            - setVariable:
                                name: three
                                expression:
                                  constant:
                                    expression: "3"
                            - setVariable:
                                name: four
                                expression:
                                  constant:
                                    expression: "4"
                    """
                            .formatted(name, name)
                        + steps.indent(8)));
    hub = builder.start();
    API.stubFor(get(anyUrl()).willReturn(okJson("{}")));
  }

  @AfterAll
  static void stop() {
    hub.close();
    API.stop();
  }

  @ParameterizedTest
  @MethodSource("names")
  void every_line_is_a_header(String way) {
    API.resetRequests();

    HttpResponse<String> answer = hub.get("/api/test/" + way);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    API.verify(
        getRequestedFor(urlEqualTo("/list"))
            .withHeader("X-A", equalTo("1, two: 3"))
            .withHeader("X-B", equalTo("4")));
  }
}
