package hub.dev;

import hub.db.Database;
import java.util.Set;

/** Runs the migrations that were saved, before the routes that use their tables are started. */
public final class RunNewMigrations implements DevHook {
  /** Name in the registry. */
  public static final String BEAN = "runNewMigrations";

  private final Database database;

  public RunNewMigrations(Database database) {
    this.database = database;
  }

  @Override
  public void before(Set<String> files) {
    if (files.stream().anyMatch(file -> file.contains("/migration/") && file.endsWith(".sql"))) {
      database.runNewMigrations();
    }
  }
}
