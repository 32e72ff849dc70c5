package hub;

import hub.store.Dialect;
import java.util.Locale;
import org.apache.camel.spi.PropertiesSource;

/**
 * Tells routes which database they talk to, where one statement cannot serve both: {@code
 * sql:classpath:sql/{{hub.database.dialect}}/….sql}.
 *
 * @param dialect gives {@code h2} or {@code postgresql}
 */
record DialectProperty(Dialect dialect) implements PropertiesSource {
  private static final String KEY = "hub.database.dialect";

  @Override
  public String getName() {
    return KEY;
  }

  @Override
  public String getProperty(String name) {
    return name.equals(KEY) ? dialect.name().toLowerCase(Locale.ROOT) : null;
  }
}
