package hub.inbox.simulation;

import hub.db.Database;
import hub.testing.Proxies;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;

/**
 * One H2 database in memory for all simulated nodes, with their connections. It stays open for many
 * simulations, one after another, and is emptied between them.
 */
public final class SimulatedDatabase {
  /** One millisecond, the shortest: who holds a lock cannot go on while somebody waits here. */
  private static final String URL =
      "jdbc:h2:mem:simulation;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=1;ANALYZE_AUTO=0;OPTIMIZE_REUSE_RESULTS=FALSE;QUERY_CACHE_SIZE=0";

  /** A statement of H2 with a query inside of its FROM grows each time that it runs. */
  private static final int RUNS_OF_A_STATEMENT = 100;

  private final Deque<Connection> idle = new ArrayDeque<>();
  private final Set<SimulatedConnection> inUse = new LinkedHashSet<>();
  private final Map<Connection, Map<String, PreparedStatement>> prepared = new HashMap<>();
  private final Connection checks;
  private final Database database;
  private Optional<Run> run = Optional.empty();
  private int runs;

  /**
   * What its connections are under.
   *
   * @param committed runs after each commit
   */
  record Run(
      Baton baton,
      Faults faults,
      Mutant mutant,
      Runnable committed,
      Map<String, String> rewritten) {
    /** The statement with the virtual clock and the mutant's fault. */
    String rewritten(String sql) {
      return rewritten.computeIfAbsent(
          sql,
          any -> mutant.rewrite(sql).replaceAll("CURRENT_TIMESTAMP(\\(3\\))?", "virtual_now()"));
    }

    boolean faulty() {
      return baton.now() < Faults.UNTIL.toNanos();
    }
  }

  SimulatedDatabase() throws SQLException {
    checks = DriverManager.getConnection(URL, "sa", "");
    DataSource source = Proxies.of(DataSource.class, (method, arguments) -> connect());
    database = Database.over(source);
    // Makes the row of its heartbeat, which stays.
    database.requireWrite();
    try (Statement statement = checks.createStatement()) {
      statement.execute(
          "CREATE ALIAS virtual_now FOR '" + SimulatedDatabase.class.getName() + ".now'");
    }
  }

  /** The database's time, for its statements. */
  public static OffsetDateTime now() {
    long nanos = Baton.ofThread().map(Baton::now).orElse(0L);
    return VirtualTiming.START
        .plusNanos(nanos)
        .truncatedTo(ChronoUnit.MILLIS)
        .atOffset(ZoneOffset.UTC);
  }

  Database database() {
    return database;
  }

  /** A connection of the test's own, outside of the simulation, which sees what is committed. */
  Connection checks() {
    return checks;
  }

  Optional<Run> run() {
    return run;
  }

  /** Empties the tables and puts the connections that come under the run. */
  void begin(Run next) throws SQLException {
    if (++runs % RUNS_OF_A_STATEMENT == 0) {
      forgetStatements();
    }
    try (Statement statement = checks.createStatement()) {
      for (String table :
          new String[] {
            "inbox_delivery",
            "inbox_event",
            "inbox_replay_key",
            "inbox_lane",
            "inbox_tally",
            "inbox_handler"
          }) {
        statement.execute("DELETE FROM " + table);
      }
    }
    run = Optional.of(next);
  }

  private void forgetStatements() throws SQLException {
    for (Map<String, PreparedStatement> statements : prepared.values()) {
      for (PreparedStatement statement : statements.values()) {
        statement.close();
      }
    }
    prepared.clear();
    for (Connection connection : idle) {
      connection.close();
    }
    idle.clear();
  }

  void end() {
    inUse.stream().toList().forEach(SimulatedConnection::lose);
    run = Optional.empty();
  }

  /** The server's end of a crash: what was not committed is rolled back. */
  void crash(int node) {
    inUse.stream().filter(one -> one.node() == node).toList().forEach(SimulatedConnection::lose);
  }

  private Connection connect() throws SQLException {
    Connection real = idle.isEmpty() ? DriverManager.getConnection(URL, "sa", "") : idle.pop();
    SimulatedConnection connection = new SimulatedConnection(this, real);
    inUse.add(connection);
    return connection.proxy();
  }

  /** Kept for the next one who needs it: to parse takes longer than all else. */
  PreparedStatement prepare(Connection real, String sql) throws SQLException {
    Map<String, PreparedStatement> known = prepared.computeIfAbsent(real, any -> new HashMap<>());
    PreparedStatement statement = known.get(sql);
    if (statement == null) {
      statement = real.prepareStatement(sql);
      known.put(sql, statement);
    }
    return statement;
  }

  void takeBack(SimulatedConnection connection, Connection real) {
    if (inUse.remove(connection)) {
      idle.push(real);
    }
  }

  /** A transaction has ended: those who wait for a lock may try again. */
  void wakeBlocked() {
    inUse.forEach(SimulatedConnection::wake);
  }

  /** Whether all open transactions wait for locks, and so for each other. */
  boolean isDeadlocked() {
    return inUse.stream()
        .filter(SimulatedConnection::isOpen)
        .allMatch(SimulatedConnection::isBlocked);
  }
}
