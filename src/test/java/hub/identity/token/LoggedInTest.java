package hub.identity.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.testing.HubProcess;
import hub.testing.LogLines;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.PGConnection;

/**
 * From a person's login to a token for a caller, with a provider over HTTP. Slow: processes are
 * killed and started again.
 */
@Tag("slow")
@Tag("process")
@Tag("postgres")
class LoggedInTest {
  private static final String KEY = "a-key-that-opens-the-tokens";
  private static final String PATH = "/api/auth/tokens/strict/42";
  private static final int KILLS = Integer.getInteger("kills", 1);

  private static TestHub.Builder withLogin(TestHub.Builder builder, StrictLogin login) {
    return builder
        .with("hub.api-keys", "vault:" + KEY + ":tokens")
        .with("hub.encryption-keys", VaultNode.KEY_A)
        .with("STRICT_CLIENT_SECRET", StrictLogin.CLIENT_SECRET)
        .loginProviders(login.yaml());
  }

  private static HttpResponse<String> send(TestHub hub, String method, String path) {
    return hub.send(method, path, new byte[0], "Authorization", "Bearer " + KEY);
  }

  /** Logs the person in. */
  private static List<String> logIn(TestHub hub) {
    HttpResponse<String> begun = hub.send("GET", "/api/auth/strict/login", new byte[0]);
    assertThat(begun.statusCode()).as(begun.body()).isEqualTo(302);
    HttpResponse<String> done =
        hub.send(
            "GET",
            "/api/auth/callback/strict?code=c0de&state=" + state(begun),
            new byte[0],
            "Cookie",
            cookie(begun));
    assertThat(done.statusCode()).as(done.body()).isEqualTo(302);
    String session = cookie(done).replaceFirst(".*hub_session=", "").replaceFirst(";.*", "");
    return List.of(session, state(begun));
  }

  private static String state(HttpResponse<String> begun) {
    String query = URI.create(begun.headers().firstValue("Location").orElseThrow()).getRawQuery();
    return query.replaceFirst(".*\\bstate=", "").replaceFirst("&.*", "");
  }

  private static String cookie(HttpResponse<String> answer) {
    return answer.headers().allValues("Set-Cookie").stream()
        .map(cookie -> cookie.split(";", 2)[0])
        .filter(cookie -> !cookie.endsWith("="))
        .reduce((a, b) -> a + "; " + b)
        .orElseThrow();
  }

  @Test
  void two_hundred_requests_to_two_hubs_make_one_refresh() throws Exception {
    try (StrictLogin login = new StrictLogin();
        TestHub one = withLogin(TestHub.on(Store.POSTGRESQL), login).start();
        TestHub other = withLogin(TestHub.on(Store.POSTGRESQL).beside(one), login).start()) {
      logIn(one);
      one.update("UPDATE token SET expires_at = obtained_at");
      int callers = 200;
      CyclicBarrier start = new CyclicBarrier(callers);
      ExecutorService threads = Executors.newFixedThreadPool(callers);
      try {
        List<CompletableFuture<HttpResponse<String>>> asked = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
          TestHub hub = i % 2 == 0 ? one : other;
          asked.add(
              CompletableFuture.supplyAsync(
                  () -> {
                    together(start);
                    return send(hub, "GET", PATH);
                  },
                  threads));
        }
        List<String> answers = new ArrayList<>();
        for (CompletableFuture<HttpResponse<String>> answer : asked) {
          answers.add(answer.get(60, TimeUnit.SECONDS).body());
        }

        assertThat(login.provider.calls()).isEqualTo(1);
        assertThat(answers).containsOnly(send(other, "GET", PATH).body());
        assertThat(accessToken(answers.get(0))).startsWith("s3cret-access");
      } finally {
        threads.shutdownNow();
      }
      login.provider.endEverything();
      assertThat(send(other, "POST", PATH + "/refresh").body()).contains("login-required");
      assertThat(send(one, "GET", PATH).statusCode()).isEqualTo(409);
      logIn(other);
      assertThat(send(one, "GET", PATH).statusCode()).isEqualTo(200);
      assertThat(send(one, "DELETE", PATH).statusCode()).isEqualTo(204);
      assertThat(login.provider.revoked()).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_dump_of_the_database_and_the_log_show_no_secret(Store store) throws Exception {
    List<String> secrets;
    Path data;
    try (StrictLogin login = new StrictLogin();
        LogLines log = LogLines.of("");
        TestHub hub = withLogin(TestHub.on(store), login).start()) {
      secrets = new ArrayList<>(logIn(hub));
      send(hub, "GET", PATH);
      send(hub, "POST", PATH + "/refresh");
      hub.send("GET", "/api/auth/strict/login", new byte[0]);
      secrets.addAll(login.provider.givenOut());
      secrets.addAll(List.of(StrictLogin.CLIENT_SECRET, KEY, TestHub.ADMIN_KEY));
      secrets.add(VaultNode.KEY_A.replaceFirst(".*?:", ""));
      assertThat(secrets).hasSizeGreaterThan(8).allMatch(secret -> secret.length() > 8);
      String dump = store == Store.H2 ? script(hub) : copy(hub);
      data = hub.folder().resolve("data");

      assertThat(dump).as("the dump has what may be known").contains("strict", "42", "valid");
      secrets.forEach(
          secret -> {
            for (String form : forms(secret)) {
              assertThat(dump).doesNotContainIgnoringCase(form);
            }
          });
      assertThat(log.lines())
          .anyMatch(line -> line.contains("outcome=stored"))
          .allSatisfy(line -> assertThat(secrets).noneMatch(secret -> line.contains(secret)));
    }
    if (store == Store.H2) {
      assertFilesHide(data, secrets);
    }
  }

  private static TestHub.Builder withRevocations(TestHub.Builder builder, StrictLogin login)
      throws IOException {
    for (String file : List.of("login/login-store-revocation", "login/login-revoke-later")) {
      builder.route(file, Files.readString(Path.of("routes", file + ".camel.yaml")));
    }
    return withLogin(builder, login)
        .with("hub.call.retries", "0")
        .with("hub.inbox.poll-seconds", "1");
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_logout_while_the_provider_is_away_is_made_up_for_by_the_next_process(Store store)
      throws Exception {
    try (StrictLogin login = new StrictLogin();
        LogLines log = LogLines.of("")) {
      TestHub first = withRevocations(TestHub.on(store), login).start();
      TestHub.Builder next = withRevocations(TestHub.on(store), login).beside(first);
      if (store == Store.H2) {
        next.with("hub.data-dir", first.folder().resolve("data").toString());
      }
      String session = logIn(first).get(0);
      login.provider.isDown = true;
      HttpResponse<String> out =
          first.send(
              "POST",
              "/api/auth/logout",
              new byte[0],
              "Cookie",
              "hub_session=" + session,
              "Origin",
              "http://localhost:8080");
      assertThat(out.statusCode()).as(out.body()).isEqualTo(204);
      await()
          .untilAsserted(
              () ->
                  assertThat(first.query("SELECT status FROM inbox_delivery"))
                      .contains("retrying"));
      assertThat(first.query("SELECT COUNT(*) FROM token")).contains("0");
      String id = first.query("SELECT id FROM inbox_event").orElseThrow();
      String shown = first.get("/api/admin/events/" + id).body();
      String dump = store == Store.H2 ? script(first) : copy(first);
      first.close();

      login.provider.isDown = false;
      int before = login.provider.revoked().size();
      try (TestHub second = next.start()) {
        second.update("UPDATE inbox_delivery SET due_at = CURRENT_TIMESTAMP");
        await()
            .untilAsserted(
                () ->
                    assertThat(second.query("SELECT status FROM inbox_delivery")).contains("done"));
      }

      List<String> secrets = login.provider.givenOut();
      assertThat(login.provider.revoked()).hasSize(before + 1);
      assertThat(login.provider.revoked().get(before)).isEqualTo(secrets.get(1));
      assertThat(shown).contains("login.revoke-token", "sealed");
      for (String secret : secrets) {
        forms(secret).forEach(form -> assertThat(shown + dump).doesNotContainIgnoringCase(form));
        assertThat(log.lines()).noneMatch(line -> line.contains(secret));
      }
    }
  }

  /** The token as text, and in the forms in which a database may show bytes. */
  private static List<String> forms(String secret) {
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    return List.of(
        secret,
        HexFormat.of().formatHex(bytes),
        Base64.getEncoder().withoutPadding().encodeToString(bytes));
  }

  private static String script(TestHub hub) throws Exception {
    return hub.database()
        .inTransaction(
            connection -> {
              StringBuilder text = new StringBuilder();
              try (var statement = connection.createStatement();
                  ResultSet line = statement.executeQuery("SCRIPT")) {
                while (line.next()) {
                  text.append(line.getString(1)).append('\n');
                }
              }
              return text.toString();
            });
  }

  private static String copy(TestHub hub) throws Exception {
    return hub.database()
        .inTransaction(
            connection -> {
              ByteArrayOutputStream text = new ByteArrayOutputStream();
              List<String> tables = new ArrayList<>();
              try (var statement = connection.createStatement();
                  ResultSet table =
                      statement.executeQuery(
                          "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")) {
                while (table.next()) {
                  tables.add(table.getString(1));
                }
              }
              assertThat(tables).contains("token", "login_session");
              for (String table : tables) {
                try {
                  connection
                      .unwrap(PGConnection.class)
                      .getCopyAPI()
                      .copyOut("COPY \"" + table + "\" TO STDOUT", text);
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              }
              return text.toString(StandardCharsets.UTF_8);
            });
  }

  private static void assertFilesHide(Path folder, List<String> secrets) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String content = Files.readString(file, StandardCharsets.ISO_8859_1);
        secrets.forEach(secret -> assertThat(content).as("%s", file).doesNotContain(secret));
      }
    }
    assertThat(folder.resolve("hub.mv.db")).exists();
  }

  @Test
  @Tag("faults")
  void whatever_is_killed_after_an_answer_the_rotated_token_is_there() throws Exception {
    try (StrictLogin login = new StrictLogin();
        HubProcess hub =
            HubProcess.on(Store.H2)
                .with("HUB_API_KEYS", "vault:" + TestHub.API_KEY + ":tokens")
                .with("STRICT_CLIENT_SECRET", StrictLogin.CLIENT_SECRET)
                .routeFile("kamelets/provider-call-action.kamelet.yaml")
                .loginProviders(login.yaml())
                .start()) {
      HttpResponse<String> begun = hub.send("GET", "/api/auth/strict/login", "");
      HttpResponse<String> done =
          hub.send(
              "GET",
              "/api/auth/callback/strict?code=c0de&state=" + state(begun),
              "",
              "Cookie",
              cookie(begun));
      assertThat(done.statusCode()).as(done.body()).isEqualTo(302);
      for (int kill = 0; kill < KILLS; kill++) {
        String fresh = accessToken(hub.send("POST", PATH + "/refresh", "").body());
        hub.kill();
        hub.start();

        assertThat(accessToken(hub.send("GET", PATH, "").body())).isEqualTo(fresh);
      }
      // Killed before the provider has processed the refresh: the old refresh token is still valid.
      login.provider.before =
          () -> {
            login.provider.before = () -> {};
            hub.kill();
            throw new GrantRefusedException("nobody is there any more");
          };
      try {
        hub.send("POST", PATH + "/refresh", "");
        throw new AssertionError("answered by a hub that was killed");
      } catch (IOException e) {
        await().until(() -> !hub.isAlive());
      }
      hub.start();
      assertThat(hub.send("POST", PATH + "/refresh", "").statusCode()).isEqualTo(200);
      assertThat(login.provider.refused()).isZero();
    }
  }

  private static String accessToken(String body) {
    return Json.own(body).path("accessToken").asText();
  }

  private static void together(CyclicBarrier barrier) {
    try {
      barrier.await(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
