package hub.db;

import com.zaxxer.hikari.HikariConfig;
import hub.config.Setting;
import hub.config.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * What the settings make of the store, before anything is opened.
 *
 * @param session of PostgreSQL alone
 * @param embedded when H2 lies in the data folder
 * @param pooled makes the pool's connections
 * @param migrating makes connections that may work as long as they need
 */
record StoreConfig(
    Dialect dialect,
    DataFolder folder,
    Optional<PostgresSession> session,
    Optional<EmbeddedDatabase> embedded,
    DataSource pooled,
    DataSource migrating) {

  /**
   * A sender waits some seconds for its answer; a request must learn sooner that the store is away.
   */
  static final int CONNECT_SECONDS = 3;

  /**
   * @throws IllegalArgumentException for an address of another database
   * @throws StoreRefusedException when there was an embedded database, and it is gone
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
        Dialect.H2, folder, Optional.empty(), Optional.of(database), gated, direct);
  }

  private static StoreConfig h2(String url, DataFolder folder, Settings settings) {
    DataSource source =
        new Connections(Dialect.H2.driver(), url, properties(Dialect.H2, settings), fresh -> {});
    return new StoreConfig(Dialect.H2, folder, Optional.empty(), Optional.empty(), source, source);
  }

  private static StoreConfig postgres(String url, DataFolder folder, Settings settings) {
    PostgresSession session = new PostgresSession(settings);
    Properties properties = properties(Dialect.POSTGRESQL, settings);
    Properties patient = (Properties) properties.clone();
    // A database that is stalled, not gone, must not hold the writers for ever.
    properties.setProperty("socketTimeout", "30");
    return new StoreConfig(
        Dialect.POSTGRESQL,
        folder,
        Optional.of(session),
        Optional.empty(),
        new Connections(Dialect.POSTGRESQL.driver(), url, properties, session::prepare),
        new Connections(Dialect.POSTGRESQL.driver(), url, patient, session::prepareToMigrate));
  }

  /** Who connects, and how a dead connection is noticed. */
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
    // WRITE_DELAY=0: H2 would otherwise acknowledge up to half a second before the bytes reach the
    // file.
    // async: on the plain file system an interrupted thread closes the file for everybody.
    // OPTIMIZE_REUSE_RESULTS=FALSE: a query that ran beside a commit would be answered from before
    // it until something is written.
    // QUERY_CACHE_SIZE=0: a query with IN and LIMIT that H2 finds in its cache goes on where its
    // last run stopped, in rows of that time, or fails once their place in the file is used again.
    // COMPRESS: a page holds some ten payloads of the same kind, which pack to a third.
    // TRACE_LEVEL_FILE=0: H2 would write failed statements, values and all, to hub.trace.db.
    return "jdbc:h2:async:"
        + folder.database().toString().replaceFirst("\\.mv\\.db$", "")
        + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE;COMPRESS=TRUE;OPTIMIZE_REUSE_RESULTS=FALSE;QUERY_CACHE_SIZE=0;TRACE_LEVEL_FILE=0;RETENTION_TIME="
        + H2Upkeep.RETENTION_MILLIS;
  }

  /** The pool's. */
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
