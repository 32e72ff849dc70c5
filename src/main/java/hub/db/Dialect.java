package hub.db;

import java.sql.Driver;
import java.util.Locale;

/** The kind of database that holds the hub's state. */
public enum Dialect {
  H2,
  POSTGRESQL;

  /** The property that gives routes {@link #folder()}. The hub sets it. */
  public static final String PROPERTY = "hub.database.dialect";

  /** A new JDBC driver. */
  Driver driver() {
    return this == H2 ? new org.h2.Driver() : new org.postgresql.Driver();
  }

  /**
   * @param url a JDBC address
   * @throws IllegalArgumentException for any other database
   */
  static Dialect of(String url) {
    if (url.startsWith("jdbc:h2:")) {
      return H2;
    }
    if (url.startsWith("jdbc:postgresql:")) {
      return POSTGRESQL;
    }
    throw new IllegalArgumentException(
        "DATABASE_URL names no database that the hub knows; write jdbc:postgresql://host:5432/name, or leave it empty for H2");
  }

  /** The folder name of SQL for this database: {@code h2} or {@code postgresql}. */
  public String folder() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The folder of the migrations, on the class path. */
  String migrations() {
    return "classpath:db/migration/" + folder();
  }
}
