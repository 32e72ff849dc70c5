package hub.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One thing to measure: a webhook route and the hub that runs it. */
final class Candidate implements AutoCloseable {
  private static final String HANDLER = "handle-nothing";
  private static final long DRAIN_SECONDS = 600;

  private final Kind kind;
  private final BenchStore store;
  private final String name;
  private final boolean old;
  private final Path folder;
  private final Map<String, String> environment;
  private final List<String> command;
  private HubProcess hub;
  private int series;

  /** What the route does with a verified event. */
  enum Kind {
    /** Answers, stores nothing. */
    BARE,
    /** Stores it in the inbox; a handler that does nothing waits to be let go. */
    DURABLE,
    /** Inserts one row and commits it, as a route with {@code sql:} does. */
    PLAIN;

    String route(BenchStore store) {
      return switch (this) {
        case BARE -> "bench-bare";
        case DURABLE -> "bench-durable";
        case PLAIN -> store == BenchStore.H2 ? "bench-plain-h2" : "bench-plain-postgresql";
      };
    }
  }

  private Candidate(
      Kind kind,
      BenchStore store,
      String name,
      boolean old,
      Path folder,
      Map<String, String> environment,
      List<String> command) {
    this.kind = kind;
    this.store = store;
    this.name = name;
    this.old = old;
    this.folder = folder;
    this.environment = environment;
    this.command = command;
  }

  /**
   * Starts it, with an empty store or one that holds {@code finished} events.
   *
   * @param work folder for the hub's own folder
   */
  static Candidate start(Path work, Kind kind, BenchStore store, int finished)
      throws IOException, InterruptedException, SQLException {
    return start(work, kind, store, finished, List.of());
  }

  /**
   * The same by a command of one's own.
   *
   * @param command as for {@link HubProcess#start(Path, Map, List)}; empty: as the others
   */
  static Candidate start(Path work, Kind kind, BenchStore store, int finished, List<String> command)
      throws IOException, InterruptedException, SQLException {
    String name = name(kind, store, finished);
    Path folder = work.resolve(name);
    Files.createDirectories(folder.resolve("routes"));
    copy(folder, kind.route(store));
    copy(folder, "bench-handler");
    copy(folder, "bench-open");
    copy(folder, HANDLER);
    Candidate candidate =
        new Candidate(kind, store, name, finished > 0, folder, store.fresh(name), command);
    candidate.begin();
    if (finished > 0) {
      candidate.close();
      try (Connection connection = store.connect(candidate.environment, folder)) {
        store.addFinished(connection, finished, "bench", HANDLER);
      }
      candidate.begin();
    }
    return candidate;
  }

  /** For instance {@code durable-h2-old}. */
  static String name(Kind kind, BenchStore store, int finished) {
    return (kind + "-" + store + (finished == 0 ? "" : "-old")).toLowerCase(Locale.ROOT);
  }

  private static void copy(Path folder, String route) throws IOException {
    String file = route + ".camel.yaml";
    try (InputStream in = Candidate.class.getResourceAsStream(file)) {
      Files.copy(in, folder.resolve("routes").resolve(file));
    }
  }

  private void begin() throws IOException, InterruptedException {
    hub =
        command.isEmpty()
            ? HubProcess.start(folder, environment)
            : HubProcess.start(folder, environment, command);
    handler("suspend");
  }

  private void handler(String action) throws IOException, InterruptedException {
    int status = hub.get("/api/admin/bench/handler?action=" + action);
    if (status >= 300) {
      throw new IOException(action + " was answered " + status);
    }
  }

  /** Stops it and starts it again, so that it is as cold as after every restart. */
  void restart() throws IOException, InterruptedException {
    close();
    begin();
  }

  /**
   * Sends {@code most} events, or what can be sent in {@code seconds}; behind a durable route they
   * wait for {@link #drain()}.
   */
  Load.Result load(int most, int seconds) throws IOException {
    return Load.of(most, seconds, hub.port(), events());
  }

  /** Offers so many events a second over so many connections. */
  Load.Result paced(int perSecond, int seconds, int connections) throws IOException {
    return Load.paced(perSecond, seconds, hub.port(), events(), connections);
  }

  private StripeEvents events() {
    return new StripeEvents("bench", String.format("%04d", ++series));
  }

  /** Lets the handler go until nothing is left to do. */
  void drain() throws IOException, InterruptedException {
    long begun = System.nanoTime();
    handler("resume");
    for (int status = 200; status != 204; status = hub.get("/api/admin/bench/open")) {
      if (status != 200) {
        throw new IOException("whether " + name + " is done was answered " + status);
      }
      if (System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(DRAIN_SECONDS)) {
        throw new IOException(name + " does not get done");
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    handler("suspend");
  }

  Kind kind() {
    return kind;
  }

  BenchStore store() {
    return store;
  }

  HubProcess hub() {
    return hub;
  }

  String name() {
    return name;
  }

  /** Whether it began with finished events in its store. */
  boolean isOld() {
    return old;
  }

  @Override
  public void close() {
    if (hub != null) {
      hub.close();
    }
  }
}
