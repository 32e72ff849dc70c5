package hub.db;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * Opens connections with one driver and prepares each before its first use. The driver is given and
 * not looked up, because DriverManager does not see the jars that a launcher adds at run time.
 * Thread-safe.
 */
class Connections implements DataSource {
  /** Prepares a connection before its first use. */
  @FunctionalInterface
  interface Preparation {
    void prepare(Connection fresh) throws SQLException;
  }

  private final Driver driver;
  private final String url;
  private final Properties properties;
  private final Preparation preparation;

  Connections(Driver driver, String url, Properties properties, Preparation preparation) {
    this.driver = driver;
    this.url = url;
    this.properties = properties;
    this.preparation = preparation;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = driver.connect(url, (Properties) properties.clone());
    if (connection == null) {
      throw new SQLException("DATABASE_URL cannot be read by " + driver.getClass().getName());
    }
    try {
      preparation.prepare(connection);
      return connection;
    } catch (SQLException | RuntimeException e) {
      try {
        connection.close();
      } catch (SQLException close) {
        e.addSuppressed(close);
      }
      throw e;
    }
  }

  @Override
  public Connection getConnection(String user, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("user and password come from the settings");
  }

  @Override
  public PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(PrintWriter out) {
    // The drivers do their own logging.
  }

  @Override
  public void setLoginTimeout(int seconds) {
    // The connection properties set it.
  }

  @Override
  public int getLoginTimeout() {
    return StoreConfig.CONNECT_SECONDS;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("not a " + type.getName());
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
