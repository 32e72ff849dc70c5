package hub.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.config.SecretFiles;
import hub.config.ShippedRoutes;
import hub.testing.LogLines;
import hub.testing.Store;
import hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.Processor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("long") // a hub and a check of the project for each
class DevModeTest {
  private static final String NOTE = "shop/shop-note-order.camel.yaml";

  private final List<String> seen = new CopyOnWriteArrayList<>();
  private final CountDownLatch released = new CountDownLatch(1);
  private volatile boolean holds;
  private TestHub hub;
  private Project project;
  private int orders;

  @BeforeEach
  void start() {
    Processor see =
        exchange -> {
          String word = exchange.getVariable("word", String.class);
          seen.add(word + " of " + exchange.getMessage().getBody(String.class));
          if (holds) {
            released.await(20, TimeUnit.SECONDS);
          }
        };
    hub =
        TestHub.on(Store.H2)
            .with("SHOP_TOKEN", Project.TOKEN)
            .route("shop/shop-webhook", Project.WEBHOOK)
            .route("shop/shop-note-order", Project.handler("shop-note-order", "one"))
            .route("shop/shop-show-version", Project.API.replace("VERSION", "v0"))
            .bind("seen", see)
            .dev()
            .start();
    project = new Project(hub);
  }

  @AfterEach
  void stop() {
    released.countDown();
    hub.close();
  }

  private HttpResponse<String> order() {
    return hub.post(
        "/api/webhooks/shop",
        "{\"id\":\"o" + ++orders + "\",\"type\":\"order.paid\"}",
        "X-Shop-Token",
        Project.TOKEN);
  }

  private void awaitRoutes(String... ids) {
    await("reload of " + List.of(ids))
        .atMost(10, TimeUnit.SECONDS)
        .until(
            () -> {
              List<String> routes = new ArrayList<>();
              Project.state(hub).path("routes").forEach(id -> routes.add(id.asText()));
              return routes.equals(List.of(ids)) && !Project.state(hub).path("failed").asBoolean();
            });
  }

  private void awaitFailure() {
    await("refused reload")
        .atMost(10, TimeUnit.SECONDS)
        .until(() -> Project.state(hub).path("failed").asBoolean());
  }

  @Test
  void a_saved_handler_handles_the_next_event_and_no_other_route_is_touched() {
    var untouched = hub.context().getRoute("shop-show-version");
    order();
    await().until(() -> seen.size() == 1);
    project.save(NOTE, Project.handler("shop-note-order", "two"));
    awaitRoutes("shop-note-order");
    assertThat(order().statusCode()).isEqualTo(200);
    await().until(() -> seen.size() == 2);
    assertThat(seen).extracting(word -> word.substring(0, 3)).containsExactly("one", "two");
    assertThat(hub.context().getRoute("shop-show-version")).isSameAs(untouched);
  }

  @Test
  void a_comment_touches_nothing() {
    var untouched = hub.context().getRoute("shop-note-order");
    project.save(NOTE, "# A comment.\n" + project.read(NOTE));
    await().atMost(10, TimeUnit.SECONDS).until(() -> !Project.state(hub).path("at").isNull());
    assertThat(hub.context().getRoute("shop-note-order")).isSameAs(untouched);
  }

  @Test
  void a_file_with_a_fault_is_told_with_its_line_and_the_running_version_stays() {
    try (LogLines log = LogLines.of("hub.dev")) {
      project.save(NOTE, project.read(NOTE).replace("setVariable", "setVaraible"));
      awaitFailure();
      assertThat(Project.state(hub).path("faults").get(0).path("where").asText())
          .endsWith("shop-note-order.camel.yaml:9");
      assertThat(log.lines()).anyMatch(line -> line.contains("setVaraible"));
      order();
      await().until(() -> seen.size() == 1);
      project.save(NOTE, Project.handler("shop-note-order", "mended"));
      awaitRoutes("shop-note-order");
      order();
      await().until(() -> seen.stream().anyMatch(word -> word.startsWith("mended")));
    }
  }

  @Test
  void sql_that_cannot_be_read_is_not_taken_over_and_a_missing_table_is() {
    project.save("shop/shop-keep-order.camel.yaml", Project.KEEP.replace("INSERT", "INSRET"));
    awaitFailure();
    assertThat(Project.state(hub).path("faults").get(0).toString())
        .contains("shop-keep-order.camel.yaml:11", "syntax error");
    project.save("shop/shop-keep-order.camel.yaml", Project.KEEP.replace("note", "handmade_note"));
    awaitRoutes("shop-keep-order");
    assertThat(Project.state(hub).path("faults").toString()).contains("handmade_note");
  }

  @Test
  void a_misspelt_variable_is_not_taken_over() {
    project.save(
        NOTE, project.read(NOTE) + "        - log: {id: tell, message: \"${variable.wrod}\"}\n");
    awaitFailure();
    assertThat(Project.state(hub).path("faults").get(0).path("what").asText()).contains("'wrod'");
  }

  @Test
  void a_version_that_does_not_start_gives_way_to_the_old_one() {
    project.save(
        NOTE, Project.handler("shop-note-order", "two").replace("ref: seen", "ref: unseen"));
    awaitFailure();
    assertThat(Project.state(hub).path("faults").get(0).path("what").asText()).contains("unseen");
    order();
    await().until(() -> seen.size() == 1);
    assertThat(seen.get(0)).startsWith("one");
  }

  @Test
  void files_are_added_removed_and_renamed() {
    project.save("shop/shop-count.camel.yaml", Project.handler("shop-count", "count"));
    awaitRoutes("shop-count");
    order();
    await().until(() -> seen.size() == 2);
    assertThat(seen).anyMatch(word -> word.startsWith("count"));
    project.delete("shop/shop-count.camel.yaml");
    await().until(() -> hub.context().getRoute("shop-count") == null);
    order();
    await().until(() -> seen.size() == 3);

    project.delete(NOTE);
    project.save(
        "shop/shop-keep-order.camel.yaml",
        Project.handler("shop-keep-order", "renamed")
            .replace("types: order.*", "types: order.*\n        formerly: shop-note-order"));
    awaitRoutes("shop-keep-order");
    order();
    await().until(() -> seen.stream().anyMatch(word -> word.startsWith("renamed")));
    assertThat(hub.json("/api/admin/routes").findValuesAsText("id"))
        .contains("shop-keep-order")
        .doesNotContain("shop-note-order", "shop-count");
  }

  @Test
  void an_event_in_hand_ends_once_with_its_version_and_later_ones_wait_for_the_new_one() {
    holds = true;
    order();
    await().until(() -> seen.size() == 1);
    holds = false;
    project.save(NOTE, Project.handler("shop-note-order", "two"));
    await().pollDelay(1500, TimeUnit.MILLISECONDS).until(() -> true);
    order();
    assertThat(seen).hasSize(1);
    released.countDown();
    awaitRoutes("shop-note-order");
    await().until(() -> seen.size() == 2);
    assertThat(seen)
        .containsExactly(
            "one of {\"id\":\"o1\",\"type\":\"order.paid\"}",
            "two of {\"id\":\"o2\",\"type\":\"order.paid\"}");
    await().until(() -> hub.json("/api/admin/stats").path("done").asInt() == 2);
    assertThat(hub.json("/api/admin/stats").path("ignored").asInt()).isZero();
  }

  @Test
  void a_changed_kamelet_exchanges_the_routes_that_use_it() {
    String kamelet = "kamelets/webhook-source.kamelet.yaml";
    project.save(
        kamelet,
        ShippedRoutes.text(kamelet)
            .orElseThrow()
            .replace("/api/webhooks/{{source}}", "/api/webhooks/new-{{source}}"));
    awaitRoutes("shop-webhook");
    assertThat(order().statusCode()).isEqualTo(404);
    assertThat(
            hub.post(
                    "/api/webhooks/new-shop",
                    "{\"id\":\"o9\",\"type\":\"order.paid\"}",
                    "X-Shop-Token",
                    Project.TOKEN)
                .statusCode())
        .isEqualTo(200);
    await().until(() -> seen.size() == 1);
  }

  @Test
  void requests_during_exchanges_are_all_answered_200() throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    List<Integer> statuses = new CopyOnWriteArrayList<>();
    List<CompletableFuture<Void>> senders = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int sender = i;
      senders.add(
          CompletableFuture.runAsync(
              () -> {
                for (int n = 0; !ended.get(); n++) {
                  statuses.add(
                      sender % 2 == 0
                          ? hub.get("/api/shop/versions/x").statusCode()
                          : hub.post(
                                  "/api/webhooks/shop",
                                  "{\"id\":\"%d-%d\",\"type\":\"order.paid\"}".formatted(sender, n),
                                  "X-Shop-Token",
                                  Project.TOKEN)
                              .statusCode());
                }
              },
              command -> new Thread(command).start()));
    }
    for (int i = 1; i <= 20; i++) {
      String version = "v" + i;
      project.save("shop/shop-show-version.camel.yaml", Project.API.replace("VERSION", version));
      project.save(
          "shop/shop-webhook.camel.yaml",
          Project.WEBHOOK.replace("the shop's events", "the events of " + version));
      await()
          .atMost(20, TimeUnit.SECONDS)
          .until(() -> hub.get("/api/shop/versions/x").body().equals(version));
    }
    ended.set(true);
    for (CompletableFuture<Void> sender : senders) {
      sender.get(20, TimeUnit.SECONDS);
    }
    assertThat(statuses).hasSizeGreaterThan(100).containsOnly(200);
  }

  @Test
  void a_scheme_and_its_source_are_added_and_a_changed_scheme_is_used() {
    project.save("schemes/acme.scheme.yaml", Project.SCHEME);
    project.save(
        "acme/acme-webhook.camel.yaml",
        Project.WEBHOOK
            .replace("shop-", "acme-")
            .replace("source: shop", "source: acme")
            .replace("scheme: token", "scheme: acme")
            .replaceAll("(?m)^ +(secrets|signatureHeader|eventId|eventType):.*\n", "")
            .replace("inbox:shop", "inbox:acme"));
    awaitRoutes("acme-webhook");
    assertThat(acme("X-Acme-Token")).isEqualTo(200);
    project.save("schemes/acme.scheme.yaml", Project.SCHEME.replace("X-Acme-Token", "X-New-Token"));
    await().atMost(10, TimeUnit.SECONDS).until(() -> acme("X-New-Token") == 200);
    assertThat(acme("X-Acme-Token")).isEqualTo(400);
  }

  private int acme(String header) {
    return hub.post(
            "/api/webhooks/acme",
            "{\"id\":\"a" + ++orders + "\",\"type\":\"order.paid\"}",
            header,
            Project.TOKEN)
        .statusCode();
  }

  private static String tokenWebhook(String source) {
    return Project.WEBHOOK
        .replace("shop-", source + "-")
        .replace("source: shop", "source: " + source)
        .replace("SHOP_TOKEN", source.toUpperCase(Locale.ROOT) + "_TOKEN")
        .replace("inbox:shop", "inbox:" + source);
  }

  @Test
  void a_source_is_taken_over_with_the_secret_that_was_written_just_before_it_or_comes_later() {
    SecretFiles secrets = new SecretFiles(hub.folder().resolve("data/secrets"));
    try (LogLines log = LogLines.of("hub.dev")) {
      secrets.write("CRM_TOKEN", Project.TOKEN);
      project.save("crm/crm-webhook.camel.yaml", tokenWebhook("crm"));
      awaitRoutes("crm-webhook");
      assertThat(log.lines()).noneMatch(line -> line.contains("not taken over"));
    }

    project.save("acme/acme-webhook.camel.yaml", tokenWebhook("acme"));
    awaitFailure();
    assertThat(Project.state(hub).path("faults").toString()).contains("ACME_TOKEN");
    secrets.write("ACME_TOKEN", Project.TOKEN);
    awaitRoutes("acme-webhook");
    assertThat(
            hub.post(
                    "/api/webhooks/acme",
                    "{\"id\":\"a1\",\"type\":\"order.paid\"}",
                    "X-Shop-Token",
                    Project.TOKEN)
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void login_providers_are_added_and_removed() {
    assertThat(hub.get("/api/auth/acme/login").statusCode()).isEqualTo(404);
    project.save("login/providers.yaml", Project.PROVIDERS);
    await()
        .atMost(10, TimeUnit.SECONDS)
        .until(() -> hub.get("/api/auth/acme/login").statusCode() == 302);
    project.delete("login/providers.yaml");
    await()
        .atMost(10, TimeUnit.SECONDS)
        .until(() -> hub.get("/api/auth/acme/login").statusCode() == 404);
  }

  @Test
  void a_changed_policy_exchanges_the_routes_that_follow_it() {
    var untouched = hub.context().getRoute("shop-show-version");
    project.save("policies/patient.camel.yaml", Project.POLICY);
    project.save(
        NOTE,
        Project.handler("shop-note-order", "two")
            .replace("    from:", "    routeConfigurationId: patient\n    from:"));
    awaitRoutes("shop-note-order");
    var before = hub.context().getRoute("shop-note-order");
    project.save("policies/patient.camel.yaml", Project.POLICY.replace(": 2", ": 3"));
    await()
        .atMost(10, TimeUnit.SECONDS)
        .until(() -> hub.context().getRoute("shop-note-order") != before);
    order();
    await().until(() -> seen.size() == 1);
    assertThat(hub.context().getRoute("shop-show-version")).isSameAs(untouched);
  }

  @Test
  void an_operators_suspension_outlives_an_exchange() {
    hub.operate("/api/admin/routes/shop-note-order/suspend", "");
    await()
        .until(
            () ->
                hub.context().getRouteController().getRouteStatus("shop-note-order").isSuspended());
    project.save(NOTE, Project.handler("shop-note-order", "two"));
    awaitRoutes("shop-note-order");
    order();
    assertThat(hub.context().getRouteController().getRouteStatus("shop-note-order").isSuspended())
        .isTrue();
    hub.operate("/api/admin/routes/shop-note-order/resume", "");
    await().until(() -> seen.size() == 1);
    assertThat(seen.get(0)).startsWith("two");
  }

  @Test
  void a_saved_migration_runs_before_the_route_that_uses_its_table() {
    String migration = "shop/migration/V1__note.sql";
    String keep = "shop/shop-keep-order.camel.yaml";
    hub.update("CREATE TABLE note (id varchar(64) PRIMARY KEY)");
    project.save(migration, "CREATE TABLE note (id varchar(64) PRIMARY KEY);\n");
    project.save(keep, Project.KEEP);
    awaitFailure();
    assertThat(Project.state(hub).path("faults").get(0).path("what").asText())
        .contains("V1__note.sql:1: ");
    assertThat(hub.context().getRoute("shop-keep-order"))
        .as("route whose migration failed")
        .isNull();

    hub.update("DROP TABLE note");
    project.save(migration, "-- Ids of orders.\n" + project.read(migration));
    awaitRoutes("shop-keep-order");
    order();
    await().until(() -> hub.query("SELECT id FROM note").isPresent());
    assertThat(hub.query("SELECT id FROM note")).contains("o1");
    assertThat(
            hub.query(
                "SELECT count(*) FROM \"shop_schema_history\" WHERE \"version\" = '1' AND \"success\""))
        .contains("1");
  }

  @Test
  void a_saved_test_is_run_and_its_report_is_in_the_log() {
    String test = "crm/crm-show-version.test.yaml";
    try (LogLines log = LogLines.of("hub.dev")) {
      project.save(
          "crm/crm-show-version.camel.yaml",
          Project.API.replace("shop", "crm").replace("VERSION", "v7"));
      project.save(test, Project.API_TEST.replace("VERSION", "v7"));
      awaitLine(log, "INFO ok ", test + ": tells its version (");
      assertThat(log.lines()).anyMatch(line -> line.startsWith("INFO 1 test, 0 failed"));

      var untouched = hub.context().getRoute("crm-show-version");
      project.save(test, Project.API_TEST.replace("VERSION", "v8"));
      awaitLine(log, "INFO FAILED ", test + ": tells its version (");
      assertThat(log.lines()).anyMatch(line -> line.contains(test + ":3: ") && line.contains("v8"));
      assertThat(hub.context().getRoute("crm-show-version")).isSameAs(untouched);
    }
  }

  private static void awaitLine(LogLines log, String start, String part) {
    await("line of the log: " + start + part)
        .atMost(20, TimeUnit.SECONDS)
        .until(
            () ->
                log.lines().stream()
                    .anyMatch(line -> line.startsWith(start) && line.contains(part)));
  }

  @Test
  void whoever_plugs_in_is_told_of_saved_files_and_may_refuse_them() {
    List<String> told = new CopyOnWriteArrayList<>();
    AtomicBoolean refuses = new AtomicBoolean(true);
    hub.context()
        .getRegistry()
        .bind(
            "listener",
            new DevHook() {
              @Override
              public void before(java.util.Set<String> files) {
                if (refuses.get()) {
                  throw new IllegalStateException("a migration is missing");
                }
              }

              @Override
              public void taken(java.util.Set<String> files, java.util.Set<String> routes) {
                told.add(files + " " + routes);
              }
            });
    project.save(NOTE, Project.handler("shop-note-order", "two"));
    awaitFailure();
    assertThat(Project.state(hub).path("faults").get(0).path("what").asText())
        .isEqualTo("a migration is missing");
    refuses.set(false);
    project.save("shop/shop-note-order.test.yaml", "[]");
    await().atMost(10, TimeUnit.SECONDS).until(() -> !told.isEmpty());
    assertThat(told)
        .containsExactly("[" + NOTE + ", shop/shop-note-order.test.yaml] [shop-note-order]");
  }
}
