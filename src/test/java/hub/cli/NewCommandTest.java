package hub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import hub.cli.Shell.Result;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.webhook.scheme.SchemeFiles;
import hub.webhook.verify.SchemeOptions;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.WebhookScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NewCommandTest {
  @TempDir private Path folder;
  private Shell shell;

  @BeforeEach
  void begin() throws IOException {
    shell = new Shell(folder);
    Files.createDirectories(folder.resolve("routes"));
  }

  private Result run(String... args) {
    Result result = shell.run(args);
    assertThat(result.code()).as(result.out() + result.err()).isZero();
    return result;
  }

  private String file(String path) throws IOException {
    return Files.readString(folder.resolve(path));
  }

  @Test
  void a_source_of_each_scheme_passes_the_lint() throws IOException {
    List<String> names = new Schemes(SchemeFiles.shipped()).names();
    for (String scheme : names) {
      run("new", "webhook", "my-" + scheme, "--scheme", scheme);
      run("new", "handler", "my-" + scheme + "-note", "--source", "my-" + scheme);
      assertThat(file("routes/my-" + scheme + "/my-" + scheme + "-log-event.test.yaml"))
          .as(scheme)
          .contains("source: my-" + scheme, "state: done");
    }
    run("new", "call", "crm-show-customer");
    run("new", "call", "crm");

    Result lint = shell.run("lint");

    assertThat(lint.code()).as(lint.out()).isZero();
    assertThat(names).hasSizeGreaterThan(80);
  }

  @Test
  void an_agreed_secret_is_made_for_its_owner_alone_and_the_source_works_with_it()
      throws IOException {
    Result made = run("new", "webhook", "acme", "--scheme", "hmac");

    Path secret = folder.resolve("data/secrets/ACME_WEBHOOK_SECRET");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)))
        .isEqualTo("rw-------");
    assertThat(made.out())
        .contains("routes/acme/acme-webhook.camel.yaml", "send acme")
        .doesNotContain(Files.readString(secret).strip());
    TestHub.Builder builder =
        TestHub.on(Store.H2).with("ACME_WEBHOOK_SECRET", Files.readString(secret).strip());
    builder.route("acme-webhook", file("routes/acme/acme-webhook.camel.yaml"));
    run("new", "handler", "acme-note", "--source", "acme", "--types", "order.*");
    builder.route("acme-note", file("routes/acme/acme-note.camel.yaml"));
    try (TestHub hub = builder.start()) {
      Result sent =
          shell
              .with("camel.server.port", Integer.toString(hub.port()))
              .run("send", "acme", "order.paid");
      assertThat(sent.out()).startsWith("HTTP 200").contains("accepted");
    }
  }

  @Test
  void a_senders_secret_is_not_made_up() {
    Result made = run("new", "webhook", "forms", "--scheme", "typeform");

    assertThat(made.out()).contains("set FORMS_WEBHOOK_SECRET to the sender's secret", "503");
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void a_source_named_like_its_sender_needs_no_more_words() throws IOException {
    run("new", "webhook", "gitlab");

    assertThat(file("routes/gitlab/gitlab-webhook.camel.yaml"))
        .contains("scheme: gitlab", "optional: true", "Receives the events of GitLab.")
        .doesNotContain("secrets:");
  }

  @Test
  void nothing_is_overwritten_and_nothing_half_done() throws IOException {
    Path test =
        Files.createDirectories(folder.resolve("routes/shop")).resolve("shop-note.test.yaml");
    Files.writeString(test, "mine");

    Result result = shell.run("new", "handler", "shop-note", "--source", "shop");

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("shop-note.test.yaml is there already");
    assertThat(Files.readString(test)).isEqualTo("mine");
    assertThat(folder.resolve("routes/shop/shop-note.camel.yaml")).doesNotExist();
  }

  @Test
  void no_secret_is_made_for_a_source_whose_file_is_in_the_way() throws IOException {
    Path handler =
        Files.createDirectories(folder.resolve("routes/shop")).resolve("shop-log-event.camel.yaml");
    Files.writeString(handler, "mine");

    assertThat(shell.run("new", "webhook", "shop").err()).contains("is there already");
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void a_source_that_is_there_is_not_made_twice() {
    run("new", "webhook", "shop");
    Result again = shell.run("new", "webhook", "shop");

    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err()).contains("receives 'shop' already");
  }

  @ParameterizedTest
  @ValueSource(strings = {"My Shop", "../x", "shop_", "-a", "a--b", "7up", "a/b", "ü"})
  void a_name_that_would_not_fit_is_refused(String name) {
    for (String[] args :
        new String[][] {
          {"new", "webhook", "--", name},
          {"new", "handler", "--source", "shop", "--", name},
          {"new", "call", "--", name}
        }) {
      Result result = shell.run(args);
      assertThat(result.code()).as(String.join(" ", args)).isEqualTo(2);
      assertThat(result.err()).contains("small letters");
    }
    assertThat(shell.run("new", "webhook", "My Shop").err()).contains("such as my-shop");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "email",
        "analytics",
        "storage",
        "alert",
        "login",
        "kamelets",
        "schemes",
        "policies"
      })
  void a_name_of_the_hubs_own_is_refused(String name) {
    Result webhook = shell.run("new", "webhook", name);
    assertThat(webhook.code()).isEqualTo(2);
    assertThat(webhook.err()).contains("own", "such as my-" + name);
    if (!name.equals("alert")) {
      assertThat(shell.run("new", "handler", "x-note", "--source", name).code()).isEqualTo(2);
    }
    assertThat(folder.resolve("routes/" + name + "/" + name + "-webhook.camel.yaml"))
        .doesNotExist();
  }

  @Test
  void alerts_may_be_handled_in_another_way_and_no_call_lies_among_kamelets() {
    assertThat(run("new", "handler", "alert-by-radio", "--source", "alert").out())
        .doesNotContain("new webhook");
    assertThat(shell.run("new", "call", "kamelets-list").err()).contains("such as my-kamelets");
  }

  @Test
  void an_id_that_a_route_of_another_folder_has_is_refused_with_its_file() throws IOException {
    run("new", "webhook", "shop");
    run("new", "handler", "note-order", "--source", "shop");

    for (String[] args :
        new String[][] {
          {"new", "handler", "note-order", "--source", "crm"},
          {"new", "call", "note-order"}
        }) {
      Result again = shell.run(args);
      assertThat(again.code()).isEqualTo(1);
      assertThat(again.err()).contains("shop/note-order.camel.yaml:2 has the route 'note-order'");
    }
    run("new", "handler", "crm-webhook", "--source", "shop");
    assertThat(shell.run("new", "webhook", "crm").err()).contains("shop/crm-webhook.camel.yaml:2");
    assertThat(folder.resolve("routes/crm")).doesNotExist();
    assertThat(folder.resolve("data/secrets/CRM_WEBHOOK_SECRET")).doesNotExist();
  }

  @Test
  void a_made_secret_has_the_length_that_its_scheme_or_the_settings_ask_for() throws IOException {
    Schemes schemes = new Schemes(SchemeFiles.shipped());
    for (String name : schemes.names()) {
      WebhookScheme scheme = schemes.named(name).orElseThrow();
      for (int least : new int[] {16, 40}) {
        Optional<String> secret =
            scheme.keys().variable().isEmpty() ? NewSecret.of(scheme, least) : Optional.empty();
        if (secret.isPresent()) {
          assertThat(faults(schemes, name, secret.get(), least))
              .as(name)
              .doesNotContain("secrets: number");
        }
      }
    }
    run("new", "webhook", "adyen", "--make-secret");
    assertThat(file("data/secrets/ADYEN_HMAC_KEY").strip()).matches("[0-9a-f]{64}");
  }

  private static String faults(Schemes schemes, String name, String secret, int least) {
    try {
      Object unused = schemes.of(SchemeOptions.of(name), List.of(secret), least, Clock.systemUTC());
      return "";
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  @Test
  void what_is_unknown_or_taken_is_told() {
    assertThat(shell.run("new", "webhook", "shop", "--scheme", "hmacc").err()).contains("hmac");
    assertThat(shell.run("new", "call", "payments-list").err()).contains("is the hub's own");
    assertThat(run("new", "handler", "x-y", "--source", "nobody").out())
        .contains("new webhook nobody");
    assertThat(shell.run("new").code()).isEqualTo(2);
  }
}
