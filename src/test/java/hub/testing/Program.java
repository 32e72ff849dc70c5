package hub.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.Deflater;

/**
 * The program as tests start it in a process of its own: from a jar and an archive of its loaded
 * classes, which are made once for what is compiled, by whichever test JVM comes first. An archive
 * halves the time of a start; it takes no folders of classes.
 */
final class Program {
  private static final Path TARGET = Path.of("target").toAbsolutePath();
  private static final Path CLASSES = TARGET.resolve("classes");

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static Program made;

  private final Path jar;
  private final Path archive;
  private final String libraries;

  private Program(Path folder, String libraries) {
    this.jar = folder.resolve("hub.jar");
    this.archive = folder.resolve("hub.jsa");
    this.libraries = libraries;
  }

  /** What is compiled, as it is in the class path of the tests. */
  static String classPath() {
    return CLASSES + File.pathSeparator + libraries();
  }

  /** Arguments of {@code java} that start it early. */
  static List<String> quickly() {
    Program program = program();
    return List.of(
        "-XX:SharedArchiveFile=" + program.archive, "-cp", program.classPathWithTests(), "hub.Hub");
  }

  private String classPathOfJars() {
    return jar + File.pathSeparator + libraries;
  }

  /** With the tests' own classes at its end, where an archive permits folders. */
  private String classPathWithTests() {
    return classPathOfJars() + File.pathSeparator + TARGET.resolve("test-classes");
  }

  /** Those of the program; where Maven has not written them, the tests' own. */
  private static String libraries() {
    Path written = TARGET.resolve("runtime-classpath.txt");
    try {
      if (Files.exists(written)) {
        return Files.readString(written).strip();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> entry.endsWith(".jar"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static synchronized Program program() {
    if (made == null) {
      try {
        Path all = Files.createDirectories(TARGET.resolve("program"));
        String libraries = libraries();
        Program program = new Program(all.resolve(version(libraries)), libraries);
        try (FileChannel lock =
                FileChannel.open(
                    all.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock held = lock.lock()) {
          assert held.isValid();
          if (!Files.exists(program.archive)) {
            deleteOthers(all);
            program.make();
          }
        }
        made = program;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return made;
  }

  /** Of what was compiled before; each is large. */
  private static void deleteOthers(Path all) throws IOException {
    try (Stream<Path> paths = Files.walk(all)) {
      for (Path path :
          paths.filter(path -> path.getNameCount() > all.getNameCount() + 1).toList()) {
        Files.delete(path);
      }
    }
  }

  /** Another one whenever something else is compiled. */
  private static String version(String libraries) throws IOException {
    StringBuilder all = new StringBuilder(libraries);
    for (Path path : compiled()) {
      all.append('\n').append(path).append(' ').append(Files.size(path));
      all.append(' ').append(Files.getLastModifiedTime(path));
    }
    return UUID.nameUUIDFromBytes(all.toString().getBytes(StandardCharsets.UTF_8)).toString();
  }

  private static List<Path> compiled() throws IOException {
    try (Stream<Path> paths = Files.walk(CLASSES)) {
      return paths.filter(path -> !path.equals(CLASSES)).sorted().toList();
    }
  }

  private void make() throws IOException {
    Files.createDirectories(jar.getParent());
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.setLevel(Deflater.NO_COMPRESSION);
      for (Path path : compiled()) {
        String name = CLASSES.relativize(path).toString();
        if (Files.isDirectory(path)) {
          out.putNextEntry(new JarEntry(name + "/"));
        } else {
          out.putNextEntry(new JarEntry(name));
          Files.copy(path, out);
        }
      }
    }
    Path written = archive.resolveSibling("written.jsa");
    try (HubProcess hub =
        HubProcess.on(Store.H2)
            .jvm(
                "-XX:+UseSerialGC",
                "-XX:ArchiveClassesAtExit=" + written,
                "-cp",
                classPathOfJars(),
                "hub.Hub")
            .routeFile("stripe/stripe-webhook.camel.yaml")
            .with("STRIPE_WEBHOOK_SECRET", Stripe.SECRET)
            .start()) {
      hub.terminate();
      if (!hub.waitFor(PATIENCE) || !Files.exists(written)) {
        throw new IllegalStateException("no archive of classes was written:\n" + hub.output());
      }
    }
    Files.move(written, archive);
  }
}
