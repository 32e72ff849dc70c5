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
 * New connections of one driver, each prepared before anybody uses it. The driver is named and not
 * looked up, because a launcher that adds jars at run time hides it from DriverManager.
 * Thread-safe.
 */
class Connections implements DataSource {
  /** What is done to a connection before it is given out. */
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
    throw new SQLFeatureNotSupportedException("user and password stand in the settings");
  }

  @Override
  public PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(PrintWriter out) {
    // The drivers log by themselves.
  }

  @Override
  public void setLoginTimeout(int seconds) {
    // The properties have it.
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
