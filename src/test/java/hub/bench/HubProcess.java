package hub.bench;

import hub.testing.Ports;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A hub as it is in production: a process of its own in a folder of its own. */
final class HubProcess implements AutoCloseable {
  /** So that memory compares; the JVM would otherwise take a share of the machine's. */
  static final String HEAP = "-Xmx512m";

  static final String API_KEY = "a-key-for-the-benchmark";

  private static final String ADMIN_KEY = "an-admin-key-for-the-benchmark";
  private static final long START_SECONDS = 120;
  private static final Path CLASSES = Path.of("target", "classes").toAbsolutePath();
  private static final Path LIBRARIES = Path.of("target", "lib").toAbsolutePath();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Process process;
  private final Path folder;
  private final int port;

  private HubProcess(Process process, Path folder, int port) {
    this.process = process;
    this.folder = folder;
    this.port = port;
  }

  /**
   * Starts a hub and waits until it is ready.
   *
   * @param folder its working folder, with its routes
   */
  static HubProcess start(Path folder, Map<String, String> environment)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add(HEAP);
    String more = System.getProperty("bench.jvm", "");
    Stream.of(more.split(" ")).filter(option -> !option.isBlank()).forEach(command::add);
    command.addAll(List.of("-cp", CLASSES + ":" + LIBRARIES + "/*", "hub.Hub"));
    return start(folder, environment, command);
  }

  /**
   * The same by a command of one's own, for instance the start script.
   *
   * @param command starts the hub and becomes it: the process is the one that is measured
   */
  static HubProcess start(Path folder, Map<String, String> environment, List<String> command)
      throws IOException, InterruptedException {
    int port = Ports.free();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("hub.log").toFile()));
    builder.environment().putAll(environment);
    builder.environment().put("PORT", Integer.toString(port));
    builder.environment().put("MANAGEMENT_PORT", Integer.toString(Ports.free()));
    builder.environment().put("HUB_ADMIN_KEY", ADMIN_KEY);
    builder.environment().put("HUB_API_KEYS", "bench:" + API_KEY);
    builder.environment().put("BENCH_SECRET", StripeEvents.SECRET);
    HubProcess hub = new HubProcess(builder.start(), folder, port);
    hub.awaitReady();
    return hub;
  }

  private void awaitReady() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!answers()) {
      if (!process.isAlive() || System.nanoTime() - end > 0) {
        process.destroyForcibly();
        throw new IOException("the hub did not start; see " + folder.resolve("hub.log"));
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }

  private boolean answers() throws IOException, InterruptedException {
    try {
      return get("/api/admin/bench/open") < 300;
    } catch (ConnectException e) {
      return false;
    }
  }

  /** GETs as an operator; answers the status. */
  int get(String path) throws IOException, InterruptedException {
    return HTTP.send(request(path), HttpResponse.BodyHandlers.discarding()).statusCode();
  }

  /** GETs as an operator; answers the body. */
  String text(String path) throws IOException, InterruptedException {
    return HTTP.send(request(path), HttpResponse.BodyHandlers.ofString()).body();
  }

  private HttpRequest request(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
        .header("Authorization", "Bearer " + ADMIN_KEY)
        .build();
  }

  int port() {
    return port;
  }

  long pid() {
    return process.pid();
  }

  /** Resident memory in bytes, as the kernel counts it. */
  long residentBytes() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid()), "status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .map(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(0L);
    }
  }

  /** Processor time that it has used since it started. */
  long cpuNanos() {
    return process.info().totalCpuDuration().orElseThrow().toNanos();
  }

  /** Stops as SIGTERM does. */
  @Override
  public void close() {
    process.destroy();
    try {
      process.onExit().orTimeout(60, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      process.destroyForcibly();
    }
  }
}
