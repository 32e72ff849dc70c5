package hub.cli;

import static org.assertj.core.api.Assertions.assertThat;

import hub.testing.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The start script uses its archive of classes or says why not. */
@Tag("process")
class StartScriptTest {
  private static final String SHARED = "source: shared objects file";
  private static final String JAVA = System.getProperty("java.home");

  @TempDir private Path folder;

  /** Exit code, output and errors of a process. */
  private record Ended(int code, String out, String err) {}

  private Ended run(Path script, Map<String, String> environment, String... args)
      throws IOException, InterruptedException {
    return runIn(folder, script, environment, args);
  }

  private Ended runIn(Path where, Path script, Map<String, String> environment, String... args)
      throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(script.toString())
            .directory(where.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.command().addAll(List.of(args));
    builder.environment().remove("JAVA_OPTS");
    builder.environment().put("JAVA_HOME", JAVA);
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(180, TimeUnit.SECONDS)).as("ends by itself").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  /** The program in another folder, whose name has a space; its archive is taken along. */
  private Path copied() throws IOException {
    Path from = Program.script().getParent();
    Path to = Files.createDirectories(folder.resolve("a copy"));
    Files.createSymbolicLink(to.resolve("lib"), from.resolve("lib"));
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    return to.resolve("integration-master");
  }

  /** As if the archive had been made where the copy is. */
  private static void pretendMadeHere(Path script) throws IOException {
    Path facts = script.resolveSibling("integration-master.archive.facts");
    String from = Program.script().getParent().toRealPath().toString();
    Files.writeString(
        facts, Files.readString(facts).replace(from, script.getParent().toRealPath().toString()));
  }

  @Test
  void loads_classes_from_the_archive_without_a_word() throws Exception {
    Ended ended = run(Program.script(), Map.of("JAVA_OPTS", "-Xlog:class+load"), "version");

    assertThat(ended.code()).isZero();
    assertThat(ended.err()).isEmpty();
    String hub = "] hub.cli.Cli " + SHARED;
    assertThat(ended.out().lines())
        .anyMatch(line -> line.contains(hub))
        .filteredOn(line -> line.contains(SHARED))
        .hasSizeGreaterThan(1_000);
  }

  @Test
  void runs_through_a_link_with_all_arguments_and_the_commands_exit_code() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("a link"), Program.script());

    Ended ended = run(link, Map.of(), "events", "--type", "no such type");

    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.err()).startsWith("HUB_ADMIN_KEY is not set: ").hasLineCount(1);
  }

  @Test
  void options_of_the_user_win() throws Exception {
    Map<String, String> options = Map.of("JAVA_OPTS", "-XX:+UseG1GC -XX:-UseSerialGC -Xlog:gc");

    assertThat(run(Program.script(), options, "version").out()).contains("Using G1");
  }

  @Test
  void a_changed_jar_is_told() throws Exception {
    Path script = copied();
    pretendMadeHere(script);
    Files.setLastModifiedTime(
        script.resolveSibling("integration-master.jar"),
        FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));

    Ended ended = run(script, Map.of("JAVA_OPTS", "-Xlog:class+load"), "version");

    assertThat(ended.code()).isZero();
    assertThat(ended.err())
        .hasLineCount(1)
        .contains("the jar or lib/ has changed", "'" + script.toRealPath() + " archive' makes it");
    assertThat(ended.out().lines()).noneMatch(line -> line.contains("hub.cli.Cli " + SHARED));
  }

  @Test
  void another_folder_another_java_and_no_archive_are_told() throws Exception {
    Path script = copied();
    assertThat(run(script, Map.of(), "version").err())
        .hasLineCount(1)
        .contains("it was made in the folder " + Program.script().getParent().toRealPath());

    Path facts = script.resolveSibling("integration-master.archive.facts");
    Files.writeString(facts, Files.readString(facts).replaceFirst("Java \\S+", "Java 16.0.1"));
    assertThat(run(script, Map.of(), "version").err())
        .hasLineCount(1)
        .contains("it is of Java 16.0.1 in ", ", this is Java ");

    Files.delete(facts);
    assertThat(run(script, Map.of(), "version").err()).hasLineCount(1).contains("there is none");
  }

  @Test
  void without_java_it_says_what_is_missing() throws Exception {
    Ended ended = run(Program.script(), Map.of("JAVA_HOME", "/nowhere"), "version");

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.err()).hasLineCount(1).contains("no Java at /nowhere/bin/java", "Java 17");
  }

  @Test
  void an_archive_needs_the_folder_of_routes() throws Exception {
    Ended ended = run(copied(), Map.of(), "archive");

    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.err()).hasLineCount(1).contains("no folder routes/ here");
  }

  /** Home folders of JDKs of this machine, one for each version from 17 on. */
  private static Stream<Path> otherJavas() throws IOException {
    NavigableMap<Integer, Path> homes = new TreeMap<>();
    for (String place : List.of("/usr/lib/jvm", "/Library/Java/JavaVirtualMachines")) {
      if (Files.isDirectory(Path.of(place))) {
        try (Stream<Path> found = Files.list(Path.of(place))) {
          found.forEach(home -> version(home).ifPresent(version -> homes.put(version, home)));
        }
      }
    }
    homes.remove(Runtime.version().feature());
    return homes.tailMap(17, true).values().stream();
  }

  private static Optional<Integer> version(Path home) {
    try {
      Matcher version =
          Pattern.compile("JAVA_VERSION=\"(\\d+)")
              .matcher(Files.readString(home.resolve("release")));
      return version.find() ? Optional.of(Integer.valueOf(version.group(1))) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Test
  @Tag("faults")
  void other_javas_of_the_machine_make_and_use_their_archive_too() throws Exception {
    Path script = copied();
    for (Path home : otherJavas().toList()) {
      Map<String, String> java = Map.of("JAVA_HOME", home.toString());
      assertThat(runIn(Path.of("").toAbsolutePath(), script, java, "archive").err())
          .as("archive of %s", home)
          .isEmpty();

      Ended ended =
          run(
              script,
              Map.of("JAVA_HOME", home.toString(), "JAVA_OPTS", "-Xlog:class+load"),
              "version");
      assertThat(ended.err()).as("start with %s", home).isEmpty();
      assertThat(ended.out()).contains("hub.cli.Cli " + SHARED);
    }
  }

  @Test
  void a_heap_that_is_used_up_ends_it_with_3() throws Exception {
    Ended ended = run(Program.script(), Map.of("JAVA_OPTS", "-Xmx8m"), "version");

    assertThat(ended.code()).isEqualTo(3);
  }
}
