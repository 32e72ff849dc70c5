package hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Error Prone finds nothing in the sources. A test and not a part of the compiler's own run, which
 * would take four times as long, alone, while these checks run beside tests that wait. Slow: they
 * read every source.
 */
@Tag("process")
@Tag("slow")
class ErrorProneTest {
  /**
   * Left out: ArrayRecordComponent, because bodies and keys are bytes, and records that carry them
   * are not compared; ImmutableEnumChecker, which knows Guava's immutable collections only.
   */
  private static final String PLUGIN =
      "-Xplugin:ErrorProne -Xep:ArrayRecordComponent:OFF -Xep:ImmutableEnumChecker:OFF";

  private static final List<String> EXPORTED =
      List.of("api", "file", "main", "model", "parser", "processing", "tree", "util");

  private static final List<String> OPENED = List.of("code", "comp");

  @TempDir private Path scratch;

  @Test
  void it_finds_nothing_in_the_program() throws IOException, InterruptedException {
    findsNothing("src/main/java");
  }

  @Test
  @Tag("faults")
  void it_finds_nothing_in_the_tests() throws IOException, InterruptedException {
    findsNothing("src/test/java");
  }

  private void findsNothing(String sources) throws IOException, InterruptedException {
    Path found = scratch.resolve("found");
    Process javac =
        new ProcessBuilder(command(sources))
            .redirectErrorStream(true)
            .redirectOutput(found.toFile())
            .start();

    int status = javac.waitFor();

    assertThat(found).content().isEmpty();
    assertThat(status).isZero();
  }

  private List<String> command(String sources) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "javac").toString());
    // As for Maven's javac: half the processor time.
    command.addAll(List.of("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
    EXPORTED.forEach(
        name ->
            command.add(
                "-J--add-exports=jdk.compiler/com.sun.tools.javac." + name + "=ALL-UNNAMED"));
    OPENED.forEach(
        name ->
            command.add("-J--add-opens=jdk.compiler/com.sun.tools.javac." + name + "=ALL-UNNAMED"));
    Path arguments = scratch.resolve("arguments");
    Files.write(arguments, arguments(sources).stream().map(ErrorProneTest::quoted).toList());
    command.add("@" + arguments);
    return command;
  }

  /** As javac reads it in a file: folders may have spaces in their names. */
  private static String quoted(String argument) {
    return '"' + argument.replace("\\", "\\\\") + '"';
  }

  /** Checks without writing a class. */
  private List<String> arguments(String sources) throws IOException {
    String classPath = System.getProperty("java.class.path");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-XDcompilePolicy=simple",
                "--should-stop=ifError=FLOW",
                "--should-stop=ifNoError=FLOW",
                "-proc:none",
                "-implicit:none",
                "-parameters",
                "-Xlint:none",
                PLUGIN,
                "-processorpath",
                classPath,
                "-classpath",
                classPath,
                "-d",
                scratch.toString()));
    try (Stream<Path> files = Files.walk(Path.of(sources))) {
      files
          .map(Path::toString)
          .filter(file -> file.endsWith(".java"))
          .sorted()
          .forEach(arguments::add);
    }
    return arguments;
  }
}
