package hub.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** The databases a hub can keep its events in, each as durable as it is in production. */
enum BenchStore {
  H2("H2"),
  POSTGRESQL("PostgreSQL");

  /** Finished events come in batches, so that no transaction grows too large. */
  private static final int BATCH = 50_000;

  private static final String POSTGRESQL_EVENTS =
      """
      INSERT INTO inbox_event (id, source, provider_event_id, type, ordering_key, received_at, headers, payload)
      SELECT uuidv7(interval '-1 day'), ?, 'evt_old_' || n, 'customer.subscription.updated',
             'sub_' || lpad((n % 5000)::text, 10, '0'), now() - interval '1 day',
             '{"content-type":"application/json; charset=utf-8","user-agent":"Stripe/1.0 (+https://stripe.com/docs/webhooks)"}',
             convert_to(replace(?, 'evt_old', 'evt_' || n), 'UTF8')
      FROM generate_series(?, ?) AS s (n)
      """;

  private static final String H2_EVENTS =
      """
      INSERT INTO inbox_event (id, source, provider_event_id, type, ordering_key, received_at, headers, payload)
      SELECT RANDOM_UUID(7), ?, 'evt_old_' || x, 'customer.subscription.updated',
             'sub_' || LPAD(CAST(MOD(x, 5000) AS varchar), 10, '0'), DATEADD(DAY, -1, CURRENT_TIMESTAMP),
             '{"content-type":"application/json; charset=utf-8","user-agent":"Stripe/1.0 (+https://stripe.com/docs/webhooks)"}',
             STRINGTOUTF8(REPLACE(?, 'evt_old', 'evt_' || x))
      FROM SYSTEM_RANGE(?, ?)
      """;

  private static final String DELIVERIES =
      """
      INSERT INTO inbox_delivery (event_id, route, source, ordering_key, status, attempts, due_at, finished_at, attempt_log)
      SELECT id, ?, source, %s, 'done', 1, NULL, received_at,
             '{"at":"2026-01-01T00:00:00.123456Z","durationMs":0,"outcome":"done"}' || CHR(10)
      FROM inbox_event
      """;

  private static final AtomicInteger databases = new AtomicInteger();

  private static EmbeddedPostgres server;

  private final String title;

  BenchStore(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  /** Environment of a hub that has the database to itself; made empty. */
  Map<String, String> fresh(String name) throws SQLException, IOException {
    if (this == H2) {
      return Map.of();
    }
    String database = name.replace('-', '_') + "_" + databases.incrementAndGet();
    try (Connection connection = server().getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + database);
    }
    return Map.of(
        "DATABASE_URL", server().getJdbcUrl("postgres", database),
        "DATABASE_USER", "postgres",
        "DATABASE_PASSWORD", "postgres");
  }

  /** A connection past the hub; on H2 only while the hub is not running. */
  Connection connect(Map<String, String> environment, Path folder) throws SQLException {
    return this == H2
        ? DriverManager.getConnection("jdbc:h2:file:" + folder + "/data/hub", "sa", "")
        : DriverManager.getConnection(
            environment.get("DATABASE_URL") + "&currentSchema=hub,public", "postgres", "postgres");
  }

  /** Fills the inbox with {@code events} that {@code route} finished, as months of work would. */
  void addFinished(Connection connection, int events, String source, String route)
      throws SQLException {
    String payload = new String(StripeEvents.body("evt_old", 1), StandardCharsets.US_ASCII);
    addFinished(connection, events, source, route, payload, false);
  }

  /**
   * @param payload of each event
   * @param ordered whether the handler takes events of one key in their order
   */
  void addFinished(
      Connection connection,
      int events,
      String source,
      String route,
      String payload,
      boolean ordered)
      throws SQLException {
    connection.setAutoCommit(false);
    try (PreparedStatement insert =
            connection.prepareStatement(this == H2 ? H2_EVENTS : POSTGRESQL_EVENTS);
        PreparedStatement deliver =
            connection.prepareStatement(DELIVERIES.formatted(ordered ? "ordering_key" : "NULL"));
        PreparedStatement tally =
            connection.prepareStatement("INSERT INTO inbox_tally VALUES (?, 0, ?, 0)")) {
      for (int from = 0; from < events; from += BATCH) {
        insert.setString(1, source);
        insert.setString(2, payload);
        insert.setInt(3, from + 1);
        insert.setInt(4, Math.min(from + BATCH, events));
        insert.executeUpdate();
        connection.commit();
      }
      deliver.setString(1, route);
      deliver.executeUpdate();
      tally.setString(1, source);
      tally.setInt(2, events);
      tally.executeUpdate();
      connection.commit();
    }
    connection.setAutoCommit(true);
    try (Statement statement = connection.createStatement()) {
      statement.execute(this == H2 ? "ANALYZE" : "VACUUM (ANALYZE)");
      statement.execute(this == H2 ? "CHECKPOINT SYNC" : "CHECKPOINT");
    }
  }

  /** As PostgreSQL comes, where the embedded one would rather be fast than durable. */
  private static synchronized EmbeddedPostgres server() throws IOException, SQLException {
    if (server == null) {
      server =
          EmbeddedPostgres.builder()
              .setServerConfig("fsync", "on")
              .setServerConfig("synchronous_commit", "on")
              .setServerConfig("full_page_writes", "on")
              .start();
      requireDurable();
    }
    return server;
  }

  private static void requireDurable() throws SQLException {
    try (Connection connection = server.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      for (String name : new String[] {"fsync", "synchronous_commit", "full_page_writes"}) {
        try (ResultSet row = statement.executeQuery("SHOW " + name)) {
          row.next();
          if (!row.getString(1).equals("on")) {
            throw new IllegalStateException(name + " is " + row.getString(1));
          }
        }
      }
    }
  }

  /** Ends what {@link #fresh} started. */
  static synchronized void stop() throws IOException {
    if (server != null) {
      server.close();
      server = null;
    }
  }
}
