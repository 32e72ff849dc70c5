package hub;

import hub.db.Dialect;
import org.apache.camel.spi.PropertiesSource;

/**
 * Tells routes which database they talk to, where one statement cannot serve both: {@code
 * sql:classpath:sql/{{hub.database.dialect}}/….sql}.
 *
 * @param dialect gives {@code h2} or {@code postgresql}
 */
record DialectProperty(Dialect dialect) implements PropertiesSource {
  @Override
  public String getName() {
    return Dialect.PROPERTY;
  }

  @Override
  public String getProperty(String name) {
    return name.equals(Dialect.PROPERTY) ? dialect.folder() : null;
  }
}
