package hub;

import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import hub.identity.token.TokenSet;
import hub.identity.token.TokenStore;
import hub.testing.Store;
import hub.testing.TestHub;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The snippets of README and of the pages in src/docs do what these say. */
@Tag("long") // runs what the pages show
class ReadmeTest {
  private static final Pattern RUN =
      Pattern.compile("<!-- run -->\n```sh\n(.*?)```", Pattern.DOTALL);
  private static final Pattern FILE =
      Pattern.compile(
          "<!-- file routes/(\\S+)\\.camel\\.yaml -->\n```yaml\n(.*?)```", Pattern.DOTALL);

  @Test
  void the_pasted_webhook_is_accepted_then_a_duplicate_and_refused_with_a_changed_byte()
      throws Exception {
    assumeTrue(
        isInstalled("bash") && isInstalled("curl") && isInstalled("openssl"),
        "needs bash, curl and openssl");
    Matcher snippet = RUN.matcher(readme());
    assertThat(snippet.find()).isTrue();
    assertThat(RUN.matcher(docs()).results()).as("what is marked is run here").hasSize(1);
    try (TestHub hub = TestHub.on(Store.H2).start()) {
      String script = snippet.group(1).replace("localhost:8080", "localhost:" + hub.port());

      assertThat(bash(script, hub.folder())).contains("HTTP/1.1 200", "\"status\":\"accepted\"");
      await()
          .until(() -> hub.query("SELECT status FROM inbox_delivery").equals(Optional.of("done")));
      assertThat(bash(script, hub.folder())).contains("\"status\":\"duplicate\"");
      assertThat(bash(script.replace("-d \"$body\"", "-d \"${body/Ada/Eve}\""), hub.folder()))
          .contains("HTTP/1.1 400", "urn:hub:problem:signature-mismatch");
      assertThat(hub.query("SELECT count(*) FROM inbox_event")).contains("1");
    }
  }

  @Test
  void its_two_files_receive_and_handle_without_java() throws Exception {
    TestHub.Builder builder =
        TestHub.on(Store.H2).with("SHOP_WEBHOOK_SECRET", "the-shops-own-secret");
    Map<String, String> files = files();
    assertThat(files)
        .containsOnlyKeys(
            "shop/shop-webhook",
            "shop/shop-note-order",
            "crm/crm-show-customer",
            "github/github-list-repositories",
            "alerts/alert-shop-silent");
    builder.route("shop/shop-webhook", files.get("shop/shop-webhook"));
    builder.route("alerts/alert-shop-silent", files.get("alerts/alert-shop-silent"));
    builder.route("shop/shop-note-order", files.get("shop/shop-note-order"));
    try (TestHub hub = builder.start()) {
      String body = "{\"id\":\"o-1\",\"type\":\"order.paid\",\"order\":{\"number\":\"A-7\"}}";

      assertThat(hub.post("/api/webhooks/shop", body, "X-Shop-Signature", hmac(body)).body())
          .contains("accepted");

      await()
          .until(
              () ->
                  hub.query("SELECT status FROM inbox_delivery WHERE route = 'shop-note-order'")
                      .equals(Optional.of("done")));
      assertThat(
              hub.operate("/api/admin/alerts/shop-silent/silence", "{\"minutes\":60}").statusCode())
          .isEqualTo(204);
    }
  }

  @Test
  void its_file_calls_an_api_without_java() throws Exception {
    WireMockServer crm = new WireMockServer(WireMockConfiguration.options().dynamicPort());
    crm.start();
    crm.stubFor(
        get("/v1/customers/7")
            .withHeader("Authorization", equalTo("Bearer crm-key"))
            .willReturn(okJson("{\"name\":\"Ada\"}")));
    try (TestHub hub =
        TestHub.on(Store.H2)
            .with("CRM_API_BASE", crm.baseUrl())
            .with("CRM_API_KEY", "crm-key")
            .routeFile("policies/*.camel.yaml")
            .route("crm/crm-show-customer", files().get("crm/crm-show-customer"))
            .start()) {
      assertThat(hub.get("/api/crm/customers/7").body()).isEqualTo("{\"name\":\"Ada\"}");
      assertThat(hub.get("/api/crm/customers/7").statusCode()).isEqualTo(200);
    } finally {
      crm.stop();
    }
  }

  @Test
  void its_file_calls_an_api_in_a_persons_name_without_java() throws Exception {
    WireMockServer github = new WireMockServer(WireMockConfiguration.options().dynamicPort());
    github.start();
    github.stubFor(
        get("/user/repos")
            .withHeader("Authorization", equalTo("Bearer gho_of_the_person"))
            .willReturn(okJson("[{\"name\":\"secret-plans\"}]")));
    try (TestHub hub =
        TestHub.on(Store.H2)
            .with("GITHUB_API_BASE", github.baseUrl())
            .routeFile("policies/*.camel.yaml")
            .route(
                "github/github-list-repositories", files().get("github/github-list-repositories"))
            .start()) {
      assertThat(hub.get("/api/people/583231/repositories").body())
          .contains("urn:hub:problem:provider-unknown");
      hub.context()
          .getRegistry()
          .findSingleByType(TokenStore.class)
          .store(
              "github",
              "583231",
              new TokenSet("gho_of_the_person", Optional.empty(), Optional.empty(), "repo"));

      assertThat(hub.get("/api/people/583231/repositories").body())
          .isEqualTo("[{\"name\":\"secret-plans\"}]");
    } finally {
      github.stop();
    }
  }

  @Test
  void it_says_how_to_run_and_how_to_test() throws IOException {
    assertThat(readme())
        .containsOnlyOnce("```sh\nmvn compile camel:run\n```")
        .containsOnlyOnce("```sh\nmvn verify\n```");
  }

  private static Map<String, String> files() throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    Matcher file = FILE.matcher(docs());
    while (file.find()) {
      assertThat(files.put(file.group(1), file.group(2))).as(file.group(1) + " once").isNull();
    }
    return files;
  }

  private static String readme() throws IOException {
    return Files.readString(Path.of("README.md"));
  }

  /** README and all pages. */
  private static String docs() throws IOException {
    StringBuilder all = new StringBuilder(readme());
    try (Stream<Path> pages = Files.walk(Path.of("src/docs"))) {
      for (Path page : pages.filter(path -> path.toString().endsWith(".md")).sorted().toList()) {
        all.append('\n').append(Files.readString(page));
      }
    }
    return all.toString();
  }

  private static String hmac(String body) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(
        new SecretKeySpec("the-shops-own-secret".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    return HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
  }

  private static boolean isInstalled(String command) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
  }

  private static String bash(String script, Path folder) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder("bash", "-c", script)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return output;
  }
}
