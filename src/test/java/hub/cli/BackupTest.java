package hub.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.cli.Shell.Result;
import hub.identity.token.TokenSet;
import hub.identity.token.TokenStore;
import hub.testing.Store;
import hub.testing.Stripe;
import hub.testing.TestHub;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Slow: sends while it backs up. {@code backup} of a running hub, and {@code restore} of what it
 * has written.
 */
@Tag("slow")
class BackupTest {
  /** More of them in a row find what a few do not; {@code -Dbackups=20}. */
  private static final int BACKUPS = Integer.getInteger("backups", 3);

  @TempDir private Path folder;

  private static final String PROVIDER =
      """
      github:
        authorization-uri: http://localhost:1/authorize
        token-uri: http://localhost:1/token
        user-info-uri: http://localhost:1/user
        client-id: hub
        client-secret: a-secret-of-the-hub
        claims: {subject: $.id}
      """;

  private static TestHub.Builder hub() {
    return TestHub.on(Store.H2)
        .with("hub.api-keys", "test:" + TestHub.API_KEY + ":tokens")
        .loginProviders(PROVIDER)
        .with("STRIPE_WEBHOOK_SECRET", Stripe.SECRET)
        .routeFile("stripe/stripe-webhook.camel.yaml");
  }

  private static TestHub on(Path data) {
    return hub().with("hub.data-dir", data.toString()).start();
  }

  private static TokenStore tokens(TestHub hub) {
    return hub.context().getRegistry().findSingleByType(TokenStore.class);
  }

  private static void storeToken(TestHub hub) {
    tokens(hub)
        .store("github", "ada", new TokenSet("gho_ada", Optional.empty(), Optional.empty(), ""));
  }

  private static boolean isAccepted(TestHub hub, String id) {
    String event = Stripe.subscription(id, "updated", "sub_" + id, 1_700_000_000);
    byte[] random = new byte[20_000];
    new Random(id.hashCode()).nextBytes(random);
    // What H2 cannot compress, so that a copy takes its time.
    String body =
        event.replaceFirst("}$", ",\"more\":\"" + HexFormat.of().formatHex(random) + "\"}");
    return hub.stripe("stripe", body).statusCode() == 200;
  }

  /** Senders that go on until closed, and which of their events were acknowledged. */
  private static final class Load implements AutoCloseable {
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicInteger counter = new AtomicInteger();
    private final ExecutorService senders = Executors.newFixedThreadPool(4);

    Load(TestHub hub) {
      for (int i = 0; i < 4; i++) {
        var unused =
            senders.submit(
                () -> {
                  while (!over.get()) {
                    String id = "evt_" + counter.incrementAndGet();
                    if (isAccepted(hub, id)) {
                      acknowledged.add(id);
                    }
                  }
                });
      }
    }

    void awaitMore(int events) {
      int until = acknowledged.size() + events;
      org.awaitility.Awaitility.await().until(() -> acknowledged.size() >= until);
    }

    @Override
    public void close() {
      over.set(true);
      senders.shutdown();
      await().until(senders::isTerminated);
    }
  }

  private Shell shell(Path data) {
    return new Shell(folder).with("hub.data-dir", data.toString());
  }

  private Path backup(TestHub hub, String name, String... options) {
    List<String> arguments = new ArrayList<>(List.of("backup", folder.resolve(name).toString()));
    arguments.addAll(List.of(options));
    Result result = Shell.of(hub).run(arguments.toArray(String[]::new));
    assertThat(result.code()).as(result.err()).isZero();
    return folder.resolve(name);
  }

  private static Path data(TestHub hub) {
    return hub.folder().resolve("data");
  }

  private static List<String> names(Path data) throws IOException {
    try (Stream<Path> all = Files.list(data)) {
      return all.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  // A copy that follows the file's end would never end.
  @Test
  @Tag("long")
  @Timeout(180)
  void all_that_was_acknowledged_before_is_there_after_a_restore_and_tokens_decrypt()
      throws Exception {
    List<Path> backups = new ArrayList<>();
    List<Set<String>> before = new ArrayList<>();
    try (TestHub hub = hub().start()) {
      storeToken(hub);
      Files.writeString(
          Files.createDirectories(data(hub).resolve("secrets")).resolve("SHOP_SECRET"), "of-shop");
      Files.writeString(data(hub).resolve("keys.properties"), "admin.sha256=00");
      try (Load load = new Load(hub)) {
        for (int i = 0; i < BACKUPS; i++) {
          load.awaitMore(100);
          before.add(Set.copyOf(load.acknowledged));
          backups.add(backup(hub, "backup-" + i + ".zip"));
        }
        load.awaitMore(10);
      }
      assertThat(names(data(hub))).noneMatch(name -> name.startsWith("backup-"));
    }
    for (int i = 0; i < backups.size(); i++) {
      Path data = folder.resolve("data-" + i);
      Result result = shell(data).run("restore", backups.get(i).toString());
      assertThat(result.code()).as(result.err()).isZero();
      assertThat(result.out()).contains(" events", "Start the hub.");
      assertThat(names(data))
          .containsExactly(
              "encryption.keys", "hub.made", "hub.mv.db", "keys.properties", "secrets");
    }
    try (TestHub hub = on(folder.resolve("data-" + (BACKUPS - 1)))) {
      for (String id : before.get(BACKUPS - 1)) {
        assertThat(hub.query("SELECT 1 FROM inbox_event WHERE provider_event_id = ?", id))
            .as(id)
            .isPresent();
      }
      assertThat(hub.get("/api/auth/tokens/github/ada").body()).contains("gho_ada");
      assertThat(isAccepted(hub, "evt_new")).isTrue();
      assertThat(folder.resolve("data-0/secrets/SHOP_SECRET")).hasContent("of-shop");
    }
  }

  @Test
  void only_its_owner_may_read_any_of_it() throws IOException {
    try (TestHub hub = hub().start()) {
      Path file = backup(hub, "b.zip");
      Path data = folder.resolve("restored");
      assertThat(shell(data).run("restore", file.toString()).code()).isZero();

      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      try (Stream<Path> all = Files.walk(data)) {
        assertThat(all)
            .allSatisfy(
                path ->
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                        .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------"));
      }
    }
  }

  @Test
  void without_secrets_no_key_is_in_it_and_both_commands_say_what_that_means() throws IOException {
    try (TestHub hub = hub().start()) {
      storeToken(hub);
      Path file = folder.resolve("b.zip");
      Result made = Shell.of(hub).run("backup", file.toString(), "--without-secrets");
      Path data = folder.resolve("restored");
      Result restored = shell(data).run("restore", file.toString());

      assertThat(made.out()).contains("without keys");
      assertThat(List.of(made.err(), restored.err()))
          .allSatisfy(err -> assertThat(err).contains("no encryption key", "HUB_ENCRYPTION_KEYS"));
      assertThat(names(data)).containsExactly("hub.made", "hub.mv.db");
    }
  }

  @Test
  void it_is_written_by_operators_alone_and_told_in_the_log_by_name() {
    try (TestHub hub = hub().start()) {
      assertThat(hub.post("/api/admin/backup", "{\"keys\":true}").statusCode()).isEqualTo(401);
      assertThat(
              hub.post(
                      "/api/admin/backup",
                      "{\"keys\":true}",
                      "Authorization",
                      "Bearer " + TestHub.API_KEY)
                  .statusCode())
          .isIn(401, 403);
      assertThat(hub.operate("/api/admin/backup", "{\"secrets\":true}").body())
          .contains("secrets", "unknown");
      Result wrong =
          Shell.of(hub).with("hub.admin-key", "another-key-than-that").run("backup", "b.zip");
      assertThat(wrong.code()).isEqualTo(1);
      assertThat(wrong.err()).contains("401 key-wrong");
      assertThat(hub.folder().resolve("b.zip")).doesNotExist();
      assertThat(hub.folder().resolve("b.zip.part")).doesNotExist();
    }
  }

  @Test
  void a_file_that_is_there_is_not_written_over() throws IOException {
    Path file = Files.writeString(folder.resolve("b.zip"), "precious");
    Result result = new Shell(folder).run("backup", "b.zip");

    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err()).contains("b.zip exists already");
    assertThat(file).hasContent("precious");
  }

  @Test
  void a_folder_in_use_and_one_with_a_database_are_refused_and_replace_keeps_the_old_one()
      throws Exception {
    Path file;
    try (TestHub hub = hub().start()) {
      assertThat(isAccepted(hub, "evt_1")).isTrue();
      file = backup(hub, "b.zip");
      Result running = shell(data(hub)).run("restore", file.toString(), "--replace");
      assertThat(running.code()).isEqualTo(1);
      assertThat(running.err()).contains("Nothing was changed", "a hub runs on the data folder");
      assertThat(isAccepted(hub, "evt_2")).isTrue();
    }
    Path data = folder.resolve("data");
    try (TestHub hub = on(data)) {
      assertThat(isAccepted(hub, "evt_other")).isTrue();
    }
    byte[] old = Files.readAllBytes(data.resolve("hub.mv.db"));

    Result refused = shell(data).run("restore", file.toString());
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("has encryption.keys, hub.mv.db already", "--replace");
    assertThat(data.resolve("hub.mv.db")).hasBinaryContent(old);
    assertThat(names(data)).noneMatch(name -> name.matches("(unpacked|replaced)-.*"));

    Result replaced = shell(data).run("restore", file.toString(), "--replace");
    assertThat(replaced.code()).as(replaced.err()).isZero();
    Path aside =
        data.resolve(
            names(data).stream().filter(name -> name.startsWith("replaced-")).findAny().get());
    assertThat(replaced.out()).contains(aside.toString());
    assertThat(aside.resolve("hub.mv.db")).hasBinaryContent(old);
    assertThat(aside.resolve("encryption.keys")).exists();
    try (TestHub hub = on(data)) {
      assertThat(hub.query("SELECT provider_event_id FROM inbox_event")).contains("evt_1");
    }
  }

  @Test
  void a_restore_that_fails_half_way_leaves_all_as_it_was() throws IOException {
    Path file;
    try (TestHub hub = hub().start()) {
      Files.writeString(
          Files.createDirectories(data(hub).resolve("secrets")).resolve("SHOP_SECRET"), "of-shop");
      file = backup(hub, "b.zip");
    }
    Path data = Files.createDirectories(folder.resolve("data"));
    // Where the folder of secrets should be made.
    Files.writeString(data.resolve("secrets"), "a file");
    Files.writeString(data.resolve("encryption.keys"), "other");
    Files.writeString(data.resolve("hub.mv.db"), "older");

    Result result = shell(data).run("restore", file.toString(), "--replace");

    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("Nothing was changed: ");
    assertThat(data.resolve("encryption.keys")).hasContent("other");
    assertThat(data.resolve("hub.mv.db")).hasContent("older");
    assertThat(names(data)).doesNotContain("hub.made");
  }

  @Test
  void a_cut_changed_or_other_file_is_refused_and_nothing_is_made() throws IOException {
    Path file;
    try (TestHub hub = hub().start()) {
      assertThat(isAccepted(hub, "evt_1")).isTrue();
      file = backup(hub, "b.zip");
    }
    byte[] whole = Files.readAllBytes(file);
    Path bad = folder.resolve("bad.zip");
    for (long length :
        new long[] {0, 1, 100, whole.length / 2, whole.length - 30, whole.length - 1}) {
      Files.write(bad, whole);
      try (FileChannel channel = FileChannel.open(bad, StandardOpenOption.WRITE)) {
        channel.truncate(length);
      }
      refused(bad, "no whole backup");
    }
    byte[] flipped = whole.clone();
    flipped[whole.length / 2] ^= 1;
    Files.write(bad, flipped);
    refused(bad, "no whole backup");
    Files.writeString(bad, "INSERT INTO inbox_event");
    refused(bad, "no whole backup");
    refused(folder.resolve("missing.zip"), "no such file");
    zip(bad, Map.of("readme.txt", "hello"));
    refused(bad, "no backup of a hub");
    zip(bad, Map.of("backup.json", "{\"format\":1}", "hub.mv.db", "x", "../evil", "x"));
    refused(bad, "'../evil'");
    zip(bad, Map.of("backup.json", "{\"format\":2,\"program\":\"9.1.0\"}", "hub.mv.db", "x"));
    refused(bad, "format 2, made by version 9.1.0");
    zip(bad, Map.of("backup.json", "{\"format\":1}", "hub.mv.db", "no database"));
    refused(bad, "its database cannot be read");
  }

  @Test
  void a_backup_that_only_a_newer_version_may_go_on_with_is_refused() throws IOException {
    Path file;
    try (TestHub hub = hub().start()) {
      hub.update("UPDATE hub_schema SET oldest_version = '99.0.0'");
      Result result = Shell.of(hub).run("backup", folder.resolve("b.zip").toString());
      assertThat(result.code()).as("what cannot be restored is no backup").isEqualTo(1);
      hub.update("UPDATE hub_schema SET oldest_version = '0.1.0'");
      file = backup(hub, "b.zip");
      hub.update("UPDATE hub_schema SET oldest_version = '99.0.0'");
      assertThat(Shell.of(hub).run("backup", "newer.zip").err())
          .contains("99.0.0", "cannot be restored");
    }
    assertThat(file).exists();
  }

  private void refused(Path file, String reason) throws IOException {
    Path data = folder.resolve("never");
    Result result = shell(data).run("restore", file.toString());

    assertThat(result.code()).as(result.out()).isEqualTo(1);
    assertThat(result.err()).startsWith("Nothing was changed").contains(reason);
    assertThat(names(data)).isEmpty();
  }

  private static void zip(Path file, Map<String, String> entries) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, String> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue().getBytes(java.nio.charset.StandardCharsets.UTF_8));
      }
    }
  }

  @Test
  void with_postgresql_both_print_its_own_command_without_the_password_and_change_nothing() {
    Shell shell =
        new Shell(folder)
            .with(
                "hub.database.url",
                "jdbc:postgresql://db.example:5433/hub?sslmode=require&password=in-the-url")
            .with("hub.database.user", "ada o'hub")
            .with("hub.database.password", "a-secret-password");

    Result backup = shell.run("backup", "of today.dump");
    Result restore = shell.run("restore", "today.dump");

    assertThat(List.of(backup.code(), restore.code())).containsOnly(2);
    assertThat(backup.err())
        .contains(
            "PGSSLMODE=require pg_dump --host=db.example --port=5433 --username='ada o'\\''hub'"
                + " --dbname=hub --schema=hub --format=custom --file='of today.dump'");
    assertThat(restore.err())
        .contains(
            "PGSSLMODE=require pg_restore --host=db.example --port=5433 --username='ada o'\\''hub'"
                + " --dbname=hub --no-owner --exit-on-error --single-transaction today.dump");
    assertThat(backup.err() + restore.err()).doesNotContain("a-secret-password", "in-the-url");
  }
}
