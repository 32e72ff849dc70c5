package hub.bench;

import static org.assertj.core.api.Assertions.assertThat;

import hub.bench.Candidate.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Measures a hub as the start script runs it: how long a start takes, how quick its first seconds
 * are, beside a receiver written by hand, and what memory it takes with many connections; run by
 * {@code mvn -Pbench verify} after {@code mvn package}.
 *
 * <p>System properties: {@code bench.rounds} (3), {@code bench.starts} (5), {@code bench.steady}
 * (60) seconds of load until a hub is warm, {@code bench.memory-minutes} (10), {@code bench.jdk25}:
 * home of a JDK 25, by default where Debian puts it, {@code bench.start-report}: the page to write.
 */
class StartBench {
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 3);
  private static final int STARTS = Integer.getInteger("bench.starts", 5);
  private static final int STEADY_SECONDS = Integer.getInteger("bench.steady", 60);
  private static final int MINUTES = Integer.getInteger("bench.memory-minutes", 10);
  private static final Path JDK_25 =
      Path.of(System.getProperty("bench.jdk25", "/usr/lib/jvm/temurin-25-jdk-amd64"));

  private static final Path SCRIPT = Path.of("target", "integration-master").toAbsolutePath();
  private static final Path JAR = Path.of("target", "integration-master.jar").toAbsolutePath();
  private static final int EVER = Integer.MAX_VALUE;
  private static final int TEN_SECONDS = 10;
  private static final int CONNECTIONS = 1_500;
  private static final int PER_SECOND = 1_000;

  private static final FigurePage PAGE =
      new FigurePage(
          Path.of(
              System.getProperty("bench.start-report", "src/docs/reference/performance-start.md")));

  @TempDir static Path work;

  @AfterAll
  static void end() throws IOException {
    BenchStore.stop();
    PAGE.write(
        """
        # Performance of the first minutes

        Written by `mvn -Pbench verify`. Only ratios within one run mean anything on another machine.

        Measured on %s on %s.

        How: the hub is started by `target/integration-master`, unless a row says otherwise, in a folder of its own. A start has \
        all shipped routes, a store that exists and no warm-up; it ends when a request is answered. Loads are signed Stripe events of 1.3 KB \
        over 64 connections, stored before they are answered. Sender, hub and PostgreSQL share the processors; stores are as \
        durable as in production.

        """
            .formatted(Machine.described(), LocalDate.now(ZoneOffset.UTC)));
  }

  @ParameterizedTest
  @EnumSource(BenchStore.class)
  void a_start_takes_seconds(BenchStore store) throws Exception {
    Path folder = work.resolve("start-" + store);
    copyShipped(folder);
    Map<String, String> environment =
        new HashMap<>(store.fresh(("start_" + store).toLowerCase(Locale.ROOT)));
    environment.put("STRIPE_WEBHOOK_SECRET", StripeEvents.SECRET);
    environment.put("HUB_WARM_UP_SECONDS", "0");
    HubProcess.start(folder, environment, script()).close();
    start(store, "`java -jar`", "", folder, environment, List.of(java(), "-jar", JAR.toString()));
    start(store, "the script", "3 s, 5 s of CPU", folder, environment, script());
    if (Files.isDirectory(JDK_25)) {
      environment.put("JAVA_HOME", JDK_25.toString());
      start(store, "the script, JDK 25", "2.2 s", folder, environment, List.of(ofJdk25()));
    }
  }

  /** The program with an archive for JDK 25; made once. */
  private static synchronized String ofJdk25() throws IOException, InterruptedException {
    Path program = work.resolve("jdk25");
    Path script = program.resolve(SCRIPT.getFileName());
    if (Files.notExists(program)) {
      Files.createDirectories(program);
      Files.copy(JAR, program.resolve(JAR.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
      Files.copy(SCRIPT, script, StandardCopyOption.COPY_ATTRIBUTES);
      Files.createSymbolicLink(program.resolve("lib"), JAR.resolveSibling("lib"));
      ProcessBuilder archive = new ProcessBuilder(script.toString(), "archive").inheritIO();
      archive.environment().put("JAVA_HOME", JDK_25.toString());
      assertThat(archive.start().waitFor()).isZero();
    }
    return script.toString();
  }

  private static void start(
      BenchStore store,
      String by,
      String bound,
      Path folder,
      Map<String, String> environment,
      List<String> command)
      throws IOException, InterruptedException {
    List<Double> seconds = new ArrayList<>();
    List<Double> cpu = new ArrayList<>();
    List<Double> resident = new ArrayList<>();
    for (int i = 0; i < STARTS; i++) {
      long begun = System.nanoTime();
      try (HubProcess hub = HubProcess.start(folder, environment, command)) {
        seconds.add((System.nanoTime() - begun) / 1e9);
        cpu.add(hub.cpuNanos() / 1e9);
        resident.add((double) (hub.residentBytes() >> 20));
      }
    }
    PAGE.add(
        store,
        "start by " + by,
        bound,
        "%.1f s, %.1f s of CPU, %.0f MB",
        Series.median(seconds),
        Series.median(cpu),
        Series.median(resident));
  }

  @ParameterizedTest
  @EnumSource(BenchStore.class)
  void the_first_seconds_are_quick(BenchStore store) throws Exception {
    try (Candidate hub = Candidate.start(work, Kind.DURABLE, store, 0, script())) {
      List<Double> first = new ArrayList<>();
      List<Double> second = new ArrayList<>();
      List<Double> steady = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        hub.restart();
        first.add(hub.load(EVER, TEN_SECONDS).perSecond());
        second.add(hub.load(EVER, TEN_SECONDS).perSecond());
        hub.load(EVER, STEADY_SECONDS);
        steady.add(hub.load(EVER, TEN_SECONDS).perSecond());
        hub.drain();
      }
      double rate = Series.median(steady);
      PAGE.add(store, "acknowledged, warm", "", "%,.0f/s", rate);
      share(store, "seconds 1 to 10 after ready", "≥ 0.5", Series.median(first), rate);
      share(store, "seconds 11 to 20", "≥ 0.8", Series.median(second), rate);
    }
  }

  private static void share(
      BenchStore store, String what, String bound, double rate, double steady) {
    PAGE.add(store, what + " / warm", bound, "%.2f (%,.0f/s)", rate / steady, rate);
  }

  @Test
  void a_receiver_written_by_hand_is_slower() throws Exception {
    if (!FastifyReceiver.isPossible()) {
      System.out.println("bench: no Node and npm here, so nothing is measured beside Fastify");
      return;
    }
    BenchStore store = BenchStore.POSTGRESQL;
    try (Candidate bare = Candidate.start(work, Kind.BARE, store, 0, script());
        Candidate hub = Candidate.start(work.resolve("beside"), Kind.DURABLE, store, 0, script());
        FastifyReceiver fastify = FastifyReceiver.start(store.fresh("fastify"))) {
      List<Double> ours = new ArrayList<>();
      List<Double> cpu = new ArrayList<>();
      List<Double> nothingStored = new ArrayList<>();
      List<Double> theirs = new ArrayList<>();
      List<Double> theirCpu = new ArrayList<>();
      for (int round = -1; round < ROUNDS; round++) {
        int seconds = round < 0 ? STEADY_SECONDS : TEN_SECONDS;
        Load.Result bareLoad = bare.load(EVER, seconds);
        long begun = hub.hub().cpuNanos();
        Load.Result load = hub.load(EVER, seconds);
        long taken = hub.hub().cpuNanos() - begun;
        long theirsBegun = fastify.cpuNanos();
        Load.Result theirLoad = fastify.load(EVER, seconds);
        long theirsTaken = fastify.cpuNanos() - theirsBegun;
        if (round >= 0) {
          nothingStored.add(bareLoad.perSecond());
          ours.add(load.perSecond());
          cpu.add(taken / 1e3 / load.requests());
          theirs.add(theirLoad.perSecond());
          theirCpu.add(theirsTaken / 1e3 / theirLoad.requests());
        }
        hub.drain();
      }
      double rate = Series.median(ours);
      PAGE.add(
          store,
          "warm / the same with nothing stored",
          "≥ 0.5",
          "%.2f (%,.0f/s of %,.0f/s)",
          rate / Series.median(nothingStored),
          rate,
          Series.median(nothingStored));
      PAGE.add(store, "CPU of a request, warm", "≤ 80 µs", "%.0f µs", Series.median(cpu));
      PAGE.add(
          store,
          "warm / Fastify with pg and Stripe's SDK, in turns",
          "≥ 3",
          "%.2f (%,.0f/s of %,.0f/s, which cost %.0f µs of CPU each)",
          rate / Series.median(theirs),
          rate,
          Series.median(theirs),
          Series.median(theirCpu));
    }
  }

  @ParameterizedTest
  @EnumSource(BenchStore.class)
  void memory_has_a_shape(BenchStore store) throws Exception {
    List<String> command = List.of("env", "JAVA_OPTS=-Xmx400m", SCRIPT.toString());
    try (Candidate hub = Candidate.start(work.resolve("memory"), Kind.DURABLE, store, 0, command)) {
      long largest = 0;
      long first = 0;
      for (int minute = 1; minute <= MINUTES; minute++) {
        hub.paced(PER_SECOND, (int) TimeUnit.MINUTES.toSeconds(1), CONNECTIONS);
        long resident = hub.hub().residentBytes() >> 20;
        first = minute == 1 ? resident : first;
        largest = Math.max(largest, resident);
        System.out.printf("bench %s | minute %d | %d MB%n", store.title(), minute, resident);
      }
      assertThat(largest).isPositive();
      PAGE.add(
          store,
          "resident memory with `-Xmx400m`, 1,500 connections, 1,000/s for " + MINUTES + " minutes",
          "≤ 600 MB",
          "%,d MB (%,d after a minute)",
          largest,
          first);
      hub.drain();
    }
  }

  private static List<String> script() {
    return List.of(SCRIPT.toString());
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private static void copyShipped(Path folder) throws IOException {
    Path routes = Path.of("routes");
    try (Stream<Path> files = Files.walk(routes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = folder.resolve("routes").resolve(routes.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
    Files.copy(
        Path.of("src/test/resources/hub/bench/bench-open.camel.yaml"),
        folder.resolve("routes").resolve("bench-open.camel.yaml"));
    Files.copy(Path.of("application.properties"), folder.resolve("application.properties"));
  }
}
