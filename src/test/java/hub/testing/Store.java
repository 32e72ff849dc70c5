package hub.testing;

import hub.config.Settings;
import hub.db.Database;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;

/** The databases that every promise of the hub must hold on. */
public enum Store {
  H2 {
    private Path template;

    @Override
    public Map<String, String> fresh(Path dataDir) {
      return Map.of();
    }

    @Override
    public synchronized Map<String, String> migrated(Path dataDir) {
      try {
        if (template == null) {
          template = Files.createTempDirectory("hub-template");
          migrate(Map.of("hub.data-dir", template.toString()));
        }
        Files.createDirectories(dataDir);
        for (String file : new String[] {"hub.mv.db", "hub.made"}) {
          Files.copy(template.resolve(file), dataDir.resolve(file));
        }
        return Map.of();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  },
  POSTGRESQL {
    private final Queue<String> inUse = new ArrayDeque<>();
    private String template;

    @Override
    public synchronized Map<String, String> fresh(Path dataDir) {
      return create("");
    }

    @Override
    public synchronized Map<String, String> migrated(Path dataDir) {
      if (template == null) {
        Map<String, String> settings = create("");
        migrate(settings);
        template = settings.get("hub.database.url").replaceFirst(".*/(\\w+).*", "$1");
        inUse.remove(template);
      }
      // Copies files: the log of a copy page by page costs thrice the processor time.
      return create(" TEMPLATE " + template + " STRATEGY FILE_COPY");
    }

    private Map<String, String> create(String how) {
      EmbeddedPostgres server = server();
      String name = "hub" + COUNTER.incrementAndGet();
      try (var connection = server.getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE DATABASE " + name + how);
        inUse.add(name);
        if (inUse.size() > MOST_DATABASES) {
          dropOldest(statement);
        }
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

    /** Each has hundreds of files, and all that are left are deleted while the JVM ends. */
    private void dropOldest(Statement statement) throws SQLException {
      String oldest = inUse.remove();
      try {
        statement.execute("DROP DATABASE " + oldest);
      } catch (SQLException e) {
        if (!OBJECT_IN_USE.equals(e.getSQLState())) {
          throw e;
        }
        inUse.add(oldest);
      }
    }
  };

  /** More than the tests that run at a time can have between them. */
  private static final int MOST_DATABASES = 20;

  /** SQLSTATE of a database that somebody is connected to. */
  private static final String OBJECT_IN_USE = "55006";

  /** System property: how much of the database PostgreSQL keeps in memory. */
  public static final String SHARED_BUFFERS = "hub.test.postgres.shared-buffers";

  private static final AtomicInteger COUNTER = new AtomicInteger();
  private static EmbeddedPostgres shared;

  /** Settings of an empty database of this kind; H2's lies in the data folder. */
  public abstract Map<String, String> fresh(Path dataDir);

  /** Settings of a database in which a hub finds its tables, as a copy of one that made them. */
  public abstract Map<String, String> migrated(Path dataDir);

  /** With the tables of the shipped routes, also for a hub that loads single files of them. */
  private static void migrate(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("camel.main.routesIncludePattern", "file:routes/**/*.camel.yaml");
    Database.open(new Settings(key -> Optional.ofNullable(all.get(key)))).close();
  }

  /** One real PostgreSQL for all tests of a JVM; ends with it. */
  private static synchronized EmbeddedPostgres server() {
    Needs.POSTGRES.tagged();
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
