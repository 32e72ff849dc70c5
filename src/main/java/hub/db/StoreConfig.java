package hub.db;

import com.zaxxer.hikari.HikariConfig;
import hub.config.RoutesFolder;
import hub.config.Setting;
import hub.config.Settings;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * The parts of the event store as the settings describe it. Nothing is open yet.
 *
 * @param url of JDBC, as it is opened; empty where connections are given
 * @param session PostgreSQL only
 * @param embedded present for H2 in the data folder
 * @param pooled opens the pool's connections
 * @param migrating opens connections without a time-out for statements
 * @param reader who runs people's statements on PostgreSQL; empty: the hub makes this user
 * @param routes the folder whose migrations make tables of one's own; empty when there is none
 */
record StoreConfig(
    Dialect dialect,
    String url,
    DataFolder folder,
    Optional<PostgresSession> session,
    Optional<EmbeddedDatabase> embedded,
    DataSource pooled,
    DataSource migrating,
    Optional<ReaderUser.Given> reader,
    Optional<Path> routes) {

  /** Senders wait a few seconds for an answer; the hub must answer 503 before that. */
  static final int CONNECT_SECONDS = 3;

  /**
   * @throws IllegalArgumentException for an address of another database
   * @throws StoreRefusedException when the embedded database has been lost
   */
  static StoreConfig of(Settings settings) {
    DataFolder folder = new DataFolder(settings.path(Setting.DATA_DIR));
    String url = settings.text(Setting.DATABASE_URL);
    if (url.isEmpty()) {
      return embedded(folder, settings);
    }
    Dialect dialect = Dialect.of(url);
    return dialect == Dialect.POSTGRESQL
        ? postgres(url, folder, settings)
        : h2(url, folder, settings);
  }

  private static StoreConfig embedded(DataFolder folder, Settings settings) {
    CallersThreadPath.register();
    folder.make();
    folder.refuseIfLost();
    DataSource direct =
        new Connections(
            Dialect.H2.driver(), address(folder), properties(Dialect.H2, settings), fresh -> {});
    EmbeddedDatabase database = new EmbeddedDatabase(direct, folder);
    DataSource gated =
        new Connections(
            Dialect.H2.driver(), address(folder), properties(Dialect.H2, settings), fresh -> {}) {
          @Override
          public Connection getConnection() throws SQLException {
            return database.connect();
          }
        };
    return new StoreConfig(
        Dialect.H2,
        address(folder),
        folder,
        Optional.empty(),
        Optional.of(database),
        gated,
        direct,
        Optional.empty(),
        RoutesFolder.of(settings));
  }

  private static StoreConfig h2(String url, DataFolder folder, Settings settings) {
    DataSource source =
        new Connections(Dialect.H2.driver(), url, properties(Dialect.H2, settings), fresh -> {});
    return new StoreConfig(
        Dialect.H2,
        url,
        folder,
        Optional.empty(),
        Optional.empty(),
        source,
        source,
        Optional.empty(),
        RoutesFolder.of(settings));
  }

  /** Of H2, over connections that are given. */
  static StoreConfig over(DataSource source) {
    return new StoreConfig(
        Dialect.H2,
        "",
        new DataFolder(Path.of("")),
        Optional.empty(),
        Optional.empty(),
        source,
        source,
        Optional.empty(),
        Optional.empty());
  }

  private static StoreConfig postgres(String url, DataFolder folder, Settings settings) {
    PostgresSession session = new PostgresSession(settings);
    Properties properties = properties(Dialect.POSTGRESQL, settings);
    Properties patient = (Properties) properties.clone();
    // A database that stalls must not block the writers for ever.
    properties.setProperty("socketTimeout", "30");
    return new StoreConfig(
        Dialect.POSTGRESQL,
        url,
        folder,
        Optional.of(session),
        Optional.empty(),
        new Connections(Dialect.POSTGRESQL.driver(), url, properties, session::prepare),
        new Connections(Dialect.POSTGRESQL.driver(), url, patient, session::prepareToMigrate),
        ReaderUser.Given.of(settings),
        RoutesFolder.of(settings));
  }

  /** User, password and the settings that detect a dead connection. */
  static Properties properties(Dialect dialect, Settings settings) {
    Properties properties = new Properties();
    String user = settings.text(Setting.DATABASE_USER);
    properties.setProperty("user", user.isEmpty() && dialect == Dialect.H2 ? "sa" : user);
    properties.setProperty("password", settings.text(Setting.DATABASE_PASSWORD));
    if (dialect == Dialect.POSTGRESQL) {
      properties.setProperty("ApplicationName", "integration-master");
      properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
      properties.setProperty("loginTimeout", Integer.toString(CONNECT_SECONDS));
      properties.setProperty("tcpKeepAlive", "true");
    }
    return properties;
  }

  private static String address(DataFolder folder) {
    // WRITE_DELAY=0: otherwise H2 acknowledges a commit up to half a second before it writes it to
    // the file.
    // With the plain file system, interrupting a thread closes the file for all threads.
    // OPTIMIZE_REUSE_RESULTS=FALSE: a query that ran during a commit would return its old result
    // until the next write.
    // QUERY_CACHE_SIZE=0: a cached query with IN and LIMIT continues where its last run stopped, on
    // old rows, or fails once their space in the file is reused.
    // COMPRESS: a page holds about ten similar payloads, which compress to a third.
    // TRACE_LEVEL_FILE=0: H2 would write failed statements with their values to hub.trace.db.
    return "jdbc:h2:"
        + CallersThreadPath.SCHEME
        + ":"
        + folder.database().toString().replaceFirst("\\.mv\\.db$", "")
        + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;COMPRESS=TRUE;OPTIMIZE_REUSE_RESULTS=FALSE;QUERY_CACHE_SIZE=0;TRACE_LEVEL_FILE=0;RETENTION_TIME="
        + H2Upkeep.RETENTION_MILLIS;
  }

  /** The configuration of the connection pool. */
  HikariConfig pool(Settings settings) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("store");
    config.setDataSource(pooled);
    config.setMaximumPoolSize(settings.count(Setting.DATABASE_POOL_SIZE));
    config.setMinimumIdle(1);
    config.setConnectionTimeout(TimeUnit.SECONDS.toMillis(CONNECT_SECONDS));
    config.setInitializationFailTimeout(-1);
    return config;
  }
}
