package hub.bench;

import hub.testing.Ports;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A webhook receiver as people write it by hand, for Node: Fastify, pg, Stripe's SDK, one insert.
 * It comes as source; npm brings its packages at the first start.
 */
final class FastifyReceiver implements AutoCloseable {
  private static final Path FOLDER = Path.of("target", "fastify-receiver").toAbsolutePath();
  private static final long INSTALL_SECONDS = 120;
  private static final long START_SECONDS = 30;

  private final Process process;
  private final int port;
  private int series;

  private FastifyReceiver(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Whether Node and npm are on this machine. */
  static boolean isPossible() throws InterruptedException {
    return answers("node") && answers("npm");
  }

  private static boolean answers(String program) throws InterruptedException {
    try {
      return new ProcessBuilder(program, "--version")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Starts it on a PostgreSQL of its own and waits until it listens. */
  static FastifyReceiver start(Map<String, String> store) throws IOException, InterruptedException {
    install();
    int port = Ports.free();
    Path log = FOLDER.resolve("receiver.log");
    Files.deleteIfExists(log);
    ProcessBuilder builder =
        new ProcessBuilder("node", "receiver.js")
            .directory(FOLDER.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("PORT", Integer.toString(port));
    builder.environment().put("NODE_ENV", "production");
    builder.environment().put("BENCH_SECRET", StripeEvents.SECRET);
    builder.environment().put("DATABASE", address(store));
    FastifyReceiver receiver = new FastifyReceiver(builder.start(), port);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!Files.readString(log).contains("listening")) {
      if (!receiver.process.isAlive() || System.nanoTime() - end > 0) {
        receiver.close();
        throw new IOException("the receiver did not start: " + Files.readString(log));
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
    return receiver;
  }

  private static void install() throws IOException, InterruptedException {
    Files.createDirectories(FOLDER);
    for (String file : new String[] {"package.json", "receiver.js"}) {
      try (InputStream in = FastifyReceiver.class.getResourceAsStream("fastify-receiver/" + file)) {
        Files.write(FOLDER.resolve(file), in.readAllBytes());
      }
    }
    Process npm =
        new ProcessBuilder("npm", "install", "--no-audit", "--no-fund")
            .directory(FOLDER.toFile())
            .redirectErrorStream(true)
            .redirectOutput(FOLDER.resolve("npm.log").toFile())
            .start();
    if (!npm.waitFor(INSTALL_SECONDS, TimeUnit.SECONDS) || npm.exitValue() != 0) {
      throw new IOException("npm could not install; see " + FOLDER.resolve("npm.log"));
    }
  }

  /** What pg wants instead of a JDBC address. */
  private static String address(Map<String, String> store) {
    String jdbc = store.get("DATABASE_URL");
    return "postgresql://postgres:postgres@"
        + jdbc.substring(jdbc.indexOf("//") + 2, jdbc.indexOf('?'));
  }

  Load.Result load(int most, int seconds) throws IOException {
    return Load.of(
        most, seconds, port, new StripeEvents("bench", String.format("f%03d", ++series)));
  }

  /** Processor time that it has used since it started. */
  long cpuNanos() {
    return process.info().totalCpuDuration().orElseThrow().toNanos();
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
