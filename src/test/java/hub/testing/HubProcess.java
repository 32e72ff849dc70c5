package hub.testing;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A hub in a process and a working folder of its own, which can be killed, stalled and started
 * again where it fell. Two of them share a PostgreSQL database. Not thread-safe, but for {@link
 * #send}.
 */
public final class HubProcess implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(3);
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  /** Runs the statement that it is sent, because an embedded database lets nobody else in. */
  private static final String PROBE =
      """
      - route:
          id: probe
          description: Answers a query of the test.
          from:
            uri: platform-http:/api/probe
            parameters:
              httpMethodRestrict: POST
            steps:
              - setHeader:
                  name: CamelSqlQuery
                  simple:
                    expression: "${body}"
              - to:
                  uri: sql:SELECT 1
                  parameters:
                    outputType: SelectOne
              - removeHeaders:
                  pattern: "*"
              - setBody:
                  simple:
                    expression: "${body}"
                    resultType: java.lang.String
      """;

  private final Path folder;
  private final Map<String, String> environment;
  private final int port;
  private final String heap;
  private final boolean usualJvm;
  private Process process;

  private HubProcess(
      Path folder, Map<String, String> environment, int port, String heap, boolean usualJvm) {
    this.folder = folder;
    this.environment = environment;
    this.port = port;
    this.heap = heap;
    this.usualJvm = usualJvm;
  }

  public static Builder on(Store store) {
    Needs.PROCESS.tagged();
    return new Builder(store);
  }

  /** What a process is made of before it starts. */
  public static final class Builder {
    private final Path folder;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private String heap = "320m";
    private boolean usualJvm;

    private Builder(Store store) {
      try {
        folder = Files.createTempDirectory("hub-process");
        copy(Path.of("application.properties"));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      environment.put("HUB_ADMIN_KEY", TestHub.ADMIN_KEY);
      environment.put("HUB_API_KEYS", "test:" + TestHub.API_KEY);
      store
          .migrated(folder.resolve("data"))
          .forEach((key, value) -> environment.put(variable(key), value));
    }

    /** {@code hub.database.url} is read from {@code DATABASE_URL}. */
    private static String variable(String key) {
      return key.replace("hub.", "").replace('.', '_').toUpperCase(java.util.Locale.ROOT);
    }

    private void copy(Path file) throws IOException {
      Path copy = folder.resolve(file);
      Files.createDirectories(copy.getParent());
      Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
    }

    /** An environment variable. */
    public Builder with(String variable, String value) {
      environment.put(variable, value);
      return this;
    }

    /** The most memory for its objects, as in {@code -Xmx}. */
    public Builder heap(String most) {
      heap = most;
      return this;
    }

    /** Runs it as {@code java -jar} does, without what makes a test's start quick. */
    public Builder usualJvm() {
      usualJvm = true;
      return this;
    }

    /** A second node beside {@code other}, on its database. */
    public Builder beside(HubProcess other) {
      other.environment.forEach(
          (name, value) -> {
            if (name.startsWith("DATABASE_")) {
              environment.put(name, value);
            }
          });
      return this;
    }

    /**
     * A route file of the repository, below {@code routes/}; Kamelets and policies are in the jar.
     */
    public Builder routeFile(String path) {
      if (path.startsWith("kamelets/") || path.startsWith("policies/")) {
        return this;
      }
      try {
        copy(Path.of("routes", path));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return this;
    }

    /** A route file's text, named after its route's id. */
    public Builder route(String name, String yaml) {
      try {
        Path file = folder.resolve("routes").resolve(name + ".camel.yaml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, yaml);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return this;
    }

    /** Who vouches for people. */
    public Builder loginProviders(String yaml) {
      try {
        Path file = folder.resolve("routes/login/providers.yaml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, yaml);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return this;
    }

    /** A wall clock that is ahead of the machine's. */
    public Builder clockAhead(Duration by) {
      return with("CLOCK_AHEAD", by.toString()).bean("clock", ClockAhead.class);
    }

    /** An object of a class of the tests, which the hub makes. */
    Builder bean(String name, Class<?> type) {
      try {
        Files.writeString(
            folder.resolve("application.properties"),
            "%ncamel.beans.%s = #class:%s%n".formatted(name, type.getName()),
            StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return this;
    }

    public HubProcess start() {
      route("probe", PROBE);
      for (int attempt = 1; ; attempt++) {
        int port = Ports.free();
        environment.put("PORT", Integer.toString(port));
        environment.put("MANAGEMENT_PORT", Integer.toString(Ports.free()));
        HubProcess hub = new HubProcess(folder, environment, port, heap, usualJvm);
        try {
          hub.start();
          return hub;
        } catch (IllegalStateException e) {
          hub.close();
          if (attempt == 3 || !hub.lostItsPort()) {
            throw e;
          }
        }
      }
    }
  }

  /** Starts it, on the same ports and data as before, and waits until it takes requests. */
  public void start() {
    launch();
    try {
      await()
          // A killed hub leaves its counterparties with broken connections, which they may tell.
          .dontCatchUncaughtExceptions()
          .atMost(START)
          .pollInterval(Duration.ofMillis(50))
          .until(() -> !process.isAlive() || lostItsPort() || accepts());
    } catch (RuntimeException e) {
      throw new IllegalStateException("the hub does not come up:\n" + output(), e);
    }
    if (!process.isAlive() || lostItsPort()) {
      throw new IllegalStateException("the hub ended at its start:\n" + output());
    }
  }

  private void launch() {
    String java = System.getProperty("java.home");
    String always = "-Xmx" + heap + " -Dfile.encoding=UTF-8";
    ProcessBuilder builder = new ProcessBuilder().directory(folder.toFile());
    if (usualJvm) {
      builder.command(java + "/bin/java");
      builder.command().addAll(List.of(always.split(" ")));
      builder.command().addAll(List.of("-jar", Program.jar().toString()));
    } else {
      builder.command(Program.script().toString());
      builder.environment().put("JAVA_HOME", java);
      // The better compiler costs a short life more than it gives back.
      builder.environment().put("JAVA_OPTS", always + " -XX:TieredStopAtLevel=1");
      builder.environment().put("WARM_UP_SECONDS", "0");
      builder.environment().put("HUB_CLASSPATH", Program.testClasses().toString());
    }
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Somebody else took the port between its choice and the start. */
  private boolean lostItsPort() {
    return output().contains("Failed to start Vert.x HttpServer");
  }

  private boolean accepts() {
    try {
      return send("POST", "/api/webhooks/nobody", "{}").body().contains("source-unknown");
    } catch (IOException e) {
      return false;
    }
  }

  /** Sends a request; headers as name, value, name, value. Callers' key for all but webhooks. */
  public HttpResponse<String> send(String method, String path, String body, String... headers)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
            .timeout(Duration.ofSeconds(30))
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    if (!path.startsWith("/api/webhooks/")) {
      request.header("Authorization", "Bearer " + TestHub.API_KEY);
    }
    try {
      return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public int port() {
    return port;
  }

  /** SIGKILL: nothing in the process gets to do anything any more. */
  public void kill() {
    process.destroyForcibly();
    waitFor(Duration.ofSeconds(20));
  }

  /** SIGTERM, as an operator or an orchestrator stops it. */
  public void terminate() {
    process.destroy();
  }

  /** Stops every thread where it stands, as a stalled machine does. */
  public void stall() {
    signal("-STOP");
  }

  public void goOn() {
    signal("-CONT");
  }

  private void signal(String signal) {
    try {
      int result =
          new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
      if (result != 0) {
        throw new IllegalStateException("kill " + signal + " ended with " + result);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Whether the process was gone within {@code time}. */
  public boolean waitFor(Duration time) {
    try {
      return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** What it ended with; it must have ended. */
  public int exitCode() {
    return process.exitValue();
  }

  /** Bytes of memory that the machine has given to the process. */
  public long residentBytes() {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the readiness check of the management port says. */
  public boolean isReady() {
    URI check =
        URI.create(
            "http://localhost:" + environment.get("MANAGEMENT_PORT") + "/observe/health/ready");
    try {
      HttpRequest request = HttpRequest.newBuilder(check).timeout(Duration.ofSeconds(5)).build();
      return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** Runs a statement in the running hub's database; the first column of the only row, as text. */
  public String query(String sql) {
    try {
      HttpResponse<String> answer = send("POST", "/api/probe", sql);
      if (answer.statusCode() >= 300) {
        throw new IllegalStateException(sql + ": " + answer.body() + "\n" + output());
      }
      return answer.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All rows of a query, their only column as text, one a line in the hub's answer. */
  public List<String> list(String sql) {
    String all = query("SELECT string_agg(v, ',') FROM (" + sql + ") AS q (v)");
    return all.isEmpty() ? List.of() : List.of(all.split(","));
  }

  private Path log() {
    return folder.resolve("hub.log");
  }

  /** Everything it printed so far, over all its lives. */
  public String output() {
    try {
      return new String(Files.readAllBytes(log()), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    waitFor(Duration.ofSeconds(20));
  }
}
