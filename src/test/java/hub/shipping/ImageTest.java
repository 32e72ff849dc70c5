package hub.shipping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hub.testing.Ports;
import hub.testing.Program;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The image's files, laid out in a folder as the Dockerfile says, with the routes of Kubernetes
 * mounted; and a process of its ENTRYPOINT with its ENV.
 */
@Tag("process")
class ImageTest {
  private static final String BUILD = "/src/target";

  @TempDir private Path root;

  private Path inRoot(String absolute) {
    return root.resolve(absolute.substring(1));
  }

  private void layOut(Dockerfile file) throws IOException {
    for (Dockerfile.Instruction copy : file.all("COPY")) {
      List<String> words = copy.words();
      String target = words.get(words.size() - 1);
      for (String word : words.subList(0, words.size() - 1)) {
        Path source = source(word, copy.options().containsKey("from"));
        Path to =
            target.endsWith("/")
                ? inRoot(target).resolve(source.getFileName().toString())
                : inRoot(target);
        copy(source, to);
        if (copy.options().containsKey("chmod")) {
          assertThat(copy.options()).containsEntry("chmod", "0755");
          Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
      }
    }
    copy(Path.of("src/main/kubernetes/routes"), root.resolve("hub/routes/own"));
  }

  /** What {@code mvn package} makes is that of the tests' program. */
  private static Path source(String word, boolean built) {
    return built
        ? Program.script().resolveSibling(word.substring(BUILD.length() + 1))
        : Path.of(word);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path copy = file.equals(from) ? to : to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.createDirectories(copy.getParent());
          Files.copy(
              file, copy, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  private Map<String, String> environment(Dockerfile file) throws IOException {
    Map<String, String> environment = new TreeMap<>(file.environment());
    environment.replaceAll(
        (name, value) -> value.startsWith("/") ? inRoot(value).toString() : value);
    environment.put("PATH", System.getenv("PATH"));
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("PORT", Integer.toString(Ports.free()));
    environment.put("MANAGEMENT_PORT", Integer.toString(Ports.free()));
    // The better compiler costs a short life more than it gives back.
    environment.put("JAVA_OPTS", "-XX:TieredStopAtLevel=1");
    environment.put("WARM_UP_SECONDS", "0");
    // As the platform mounts it: complete, and not to be written to.
    Path secrets = Files.createDirectories(root.resolve("run/secrets/hub"));
    Files.writeString(secrets.resolve("SHOP_WEBHOOK_SECRET"), "the-secret-of-the-shop\n");
    environment.put("HUB_SECRETS_DIR", secrets.toString());
    return environment;
  }

  private ProcessBuilder process(List<String> command, Map<String, String> environment) {
    ProcessBuilder process =
        new ProcessBuilder(inRoot(command.get(0)).toString())
            .directory(root.resolve("hub").toFile())
            .redirectErrorStream(true)
            .redirectOutput(root.resolve("log").toFile());
    process.environment().clear();
    process.environment().putAll(environment);
    return process;
  }

  private static int status(String port, String path) throws InterruptedException {
    try {
      URI uri = URI.create("http://127.0.0.1:" + port + path);
      return HttpClient.newHttpClient()
          .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      return 0;
    }
  }

  @Test
  void it_becomes_ready_is_found_healthy_and_ends_with_0_on_sigterm() throws Exception {
    Dockerfile file = Dockerfile.read();
    layOut(file);
    assertThat(inRoot(file.only("WORKDIR").rest()).resolve("application.properties")).exists();
    Map<String, String> environment = environment(file);
    List<String> health = file.only("HEALTHCHECK").exec();
    assertThat(process(health, environment).start().waitFor()).as("before its start").isEqualTo(1);

    Process hub = process(file.only("ENTRYPOINT").exec(), environment).start();
    try {
      await()
          .atMost(Duration.ofMinutes(3))
          .until(
              () ->
                  !hub.isAlive()
                      || status(environment.get("MANAGEMENT_PORT"), "/observe/health/ready")
                          == 200);
      assertThat(hub.isAlive()).as(Files.readString(root.resolve("log"))).isTrue();

      ProcessBuilder check = process(health, environment);
      check.redirectOutput(root.resolve("health").toFile());
      assertThat(check.start().waitFor()).isZero();
      assertThat(status(environment.get("PORT"), "/api/webhooks/shop")).isEqualTo(405);
      assertThat(root.resolve("data/hub/hub.mv.db")).exists();
      assertThat(changed()).as("is written to outside of the volume").isEmpty();
    } finally {
      hub.destroy();
    }
    assertThat(hub.waitFor(40, TimeUnit.SECONDS)).isTrue();
    assertThat(hub.exitValue()).as(Files.readString(root.resolve("log"))).isZero();
  }

  /** New files of the folders that are read-only in a container. */
  private List<Path> changed() throws IOException {
    try (Stream<Path> hub = Files.walk(root.resolve("hub"));
        Stream<Path> program = Files.list(root.resolve("opt/integration-master"))) {
      List<Path> expected =
          Stream.of("integration-master", "integration-master.jar", "lib", "check-health")
              .map(root.resolve("opt/integration-master")::resolve)
              .toList();
      return Stream.concat(
              hub.filter(Files::isRegularFile)
                  .filter(path -> !path.startsWith(root.resolve("hub/routes")))
                  .filter(path -> !path.endsWith("application.properties")),
              program.filter(path -> !expected.contains(path)))
          .toList();
    }
  }
}
