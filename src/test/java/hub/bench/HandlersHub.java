package hub.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A hub with the shipped handlers of Stripe's subscription events, to which signed events are
 * posted. Not thread-safe.
 */
final class HandlersHub implements AutoCloseable {
  static final int SUBSCRIPTIONS = 20_000;
  static final String HANDLER = "stripe-subscription-updated";

  private static final int NEVER = 3_600;

  private static final List<String> ROUTES =
      List.of(
          "stripe/stripe-webhook.camel.yaml",
          "stripe/stripe-subscription-created.camel.yaml",
          "stripe/stripe-subscription-updated.camel.yaml",
          "stripe/stripe-subscription-deleted.camel.yaml",
          "stripe/stripe-record-subscription.camel.yaml");

  private static final List<String> PROBES =
      List.of("bench-unfinished", "bench-route-control", "bench-waiting");

  /** Events that are not done, or not at their first attempt. */
  private static final String NOT_DONE =
      "SELECT count(*) FROM inbox_delivery WHERE status <> 'done' OR attempts <> 1";

  /** Subscriptions whose copy is not what their newest event says. */
  private static final String NOT_NEWEST =
      """
      SELECT count(*) FROM
        (SELECT ordering_key, max(sequence) AS newest FROM inbox_event WHERE provider_event_id NOT LIKE 'evt_old%' GROUP BY ordering_key) e
      LEFT JOIN subscription s ON s.id = e.ordering_key AND s.event_sequence = e.newest
      WHERE s.id IS NULL
      """;

  private final BenchStore store;
  private final Path folder;
  private final Map<String, String> environment;
  private HubProcess process;
  private int series;
  private int acknowledged;

  private HandlersHub(BenchStore store, Path folder, Map<String, String> environment) {
    this.store = store;
    this.folder = folder;
    this.environment = environment;
  }

  /** A hub that is not started, on a database of its own. */
  static HandlersHub on(BenchStore store, Path work, String name) throws Exception {
    Path folder = work.resolve(store + "-" + name);
    for (String route : ROUTES) {
      Path copy = folder.resolve("routes").resolve(route);
      Files.createDirectories(copy.getParent());
      Files.copy(Path.of("routes").resolve(route), copy);
    }
    for (String route : PROBES) {
      String file = route + ".camel.yaml";
      try (InputStream in = HandlersHub.class.getResourceAsStream(file)) {
        Files.copy(in, folder.resolve("routes").resolve(file));
      }
    }
    String database = (name + "_" + store).toLowerCase(Locale.ROOT);
    Map<String, String> environment = new HashMap<>(store.fresh(database));
    environment.put("STRIPE_WEBHOOK_SECRET", StripeEvents.SECRET);
    return new HandlersHub(store, folder, environment);
  }

  HandlersHub start() throws IOException, InterruptedException {
    process = HubProcess.start(folder, environment);
    return this;
  }

  void stop() {
    process.close();
    process = null;
  }

  HubProcess process() {
    return process;
  }

  /** A connection past the hub; on H2 only while it is stopped. */
  Connection connect() throws SQLException {
    return store.connect(environment, folder);
  }

  /** The JIT compiler is at work for a minute. */
  void warmUp(int events) throws IOException, InterruptedException {
    for (int i = 0; i < 2; i++) {
      load(events, Load.CONNECTIONS);
      awaitDone();
    }
  }

  Load.Result load(int events, int connections) throws IOException {
    return counted(Load.of(events, NEVER, process.port(), events(), connections));
  }

  Load.Result paced(int perSecond, int seconds) throws IOException {
    return counted(Load.paced(perSecond, seconds, process.port(), events()));
  }

  private StripeEvents events() {
    return new StripeEvents("stripe", String.format("%04d", ++series), SUBSCRIPTIONS);
  }

  private Load.Result counted(Load.Result result) {
    acknowledged += result.requests();
    return result;
  }

  /** Events a second, from the first one posted to the last one done. */
  double endToEnd(int events, int connections) throws IOException, InterruptedException {
    long begun = System.nanoTime();
    load(events, connections);
    awaitDone();
    return events * 1e9 / (System.nanoTime() - begun);
  }

  void suspend() throws IOException, InterruptedException {
    control("suspend");
  }

  void resume() throws IOException, InterruptedException {
    control("resume");
  }

  private void control(String action) throws IOException, InterruptedException {
    assertThat(process.get("/api/admin/bench/route?id=" + HANDLER + "&action=" + action))
        .isEqualTo(200);
  }

  /** How many events are not done. */
  int waiting() throws IOException, InterruptedException {
    return Integer.parseInt(process.text("/api/admin/bench/waiting"));
  }

  void awaitDone() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(NEVER);
    for (int status = 200; status != 204; status = process.get("/api/admin/bench/open")) {
      assertThat(status).isEqualTo(200);
      assertThat(System.nanoTime()).as("time until all is done").isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  /**
   * Checks each effect; the hub must be stopped.
   *
   * @param before events that the store had
   */
  void check(int before) throws SQLException {
    try (Connection connection = connect()) {
      assertThat(count(connection, "SELECT count(*) FROM inbox_event"))
          .isEqualTo(before + acknowledged);
      assertThat(count(connection, NOT_DONE)).as("not done at the first attempt").isZero();
      assertThat(count(connection, NOT_NEWEST)).as("not the newest event's effect").isZero();
    }
  }

  static double count(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getDouble(1);
    }
  }

  @Override
  public void close() {
    if (process != null) {
      stop();
    }
  }
}
