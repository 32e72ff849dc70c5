package hub.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** The databases that every promise of the hub must hold on. */
public enum Store {
  H2 {
    @Override
    public Map<String, String> fresh(Path dataDir) {
      return Map.of();
    }
  },
  POSTGRESQL {
    @Override
    public Map<String, String> fresh(Path dataDir) {
      EmbeddedPostgres server = server();
      String name = "hub" + COUNTER.incrementAndGet();
      try (var connection = server.getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE DATABASE " + name);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
      return Map.of(
          "hub.database.url",
          server.getJdbcUrl("postgres", name),
          "hub.database.user",
          "postgres",
          "hub.database.password",
          "postgres");
    }
  };

  /** System property: how much of the database PostgreSQL keeps in memory. */
  public static final String SHARED_BUFFERS = "hub.test.postgres.shared-buffers";

  private static final AtomicInteger COUNTER = new AtomicInteger();
  private static EmbeddedPostgres shared;

  /** Settings of an empty database of this kind; H2's lies in the data folder. */
  public abstract Map<String, String> fresh(Path dataDir);

  /** One real PostgreSQL for all tests of a JVM; ends with it. */
  private static synchronized EmbeddedPostgres server() {
    if (shared == null) {
      try {
        // The hub is killed in tests, the server is not.
        shared =
            EmbeddedPostgres.builder()
                .setServerConfig("fsync", "off")
                .setServerConfig("full_page_writes", "off")
                .setServerConfig("shared_buffers", System.getProperty(SHARED_BUFFERS, "128MB"))
                .start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return shared;
  }
}
