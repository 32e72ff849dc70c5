package hub.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.Deflater;

/**
 * The program as tests start it in a process of its own: packaged as {@code mvn package} does, with
 * the start script and its archive of classes, once for what is compiled, by whichever test JVM
 * comes first.
 */
public final class Program {
  private static final Path TARGET = Path.of("target").toAbsolutePath();
  private static final Path CLASSES = TARGET.resolve("classes");
  private static final Path SCRIPT = Path.of("src/main/sh/integration-master");

  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private static Program made;

  private final Path folder;

  private Program(Path folder) {
    this.folder = folder;
  }

  /** The start script, with the jar and its archive beside it. */
  public static Path script() {
    return program().folder.resolve("integration-master");
  }

  static Path jar() {
    return program().folder.resolve("integration-master.jar");
  }

  /** The tests' own classes, for beans of a hub's settings. */
  static Path testClasses() {
    return TARGET.resolve("test-classes");
  }

  /** Those of the program; where Maven has not written them, the tests' own. */
  private static List<Path> libraries() throws IOException {
    Path written = TARGET.resolve("runtime-classpath.txt");
    String all =
        Files.exists(written)
            ? Files.readString(written).strip()
            : System.getProperty("java.class.path");
    return Arrays.stream(all.split(File.pathSeparator))
        .filter(entry -> entry.endsWith(".jar"))
        .map(Path::of)
        .toList();
  }

  private static synchronized Program program() {
    if (made == null) {
      try {
        if (isPackaged()) {
          made = new Program(TARGET);
          return made;
        }
        Path all = Files.createDirectories(TARGET.resolve("program"));
        Program program = new Program(all.resolve(version()));
        try (FileChannel lock =
                FileChannel.open(
                    all.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock held = lock.lock()) {
          assert held.isValid();
          if (!Files.exists(program.folder.resolve("integration-master.archive.facts"))) {
            deleteOthers(all);
            program.layOut();
            program.makeArchive();
          }
        }
        made = program;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return made;
  }

  /** Whether {@code mvn package} has made all of it since the last change. */
  private static boolean isPackaged() throws IOException {
    Path last = TARGET.resolve("integration-master.archive.facts");
    if (!Files.exists(last)) {
      return false;
    }
    FileTime packaged = Files.getLastModifiedTime(last);
    for (Path path : Stream.concat(Stream.of(SCRIPT), compiled().stream()).toList()) {
      if (Files.getLastModifiedTime(path).compareTo(packaged) > 0) {
        return false;
      }
    }
    return true;
  }

  /** Of what was compiled before; each is large. */
  private static void deleteOthers(Path all) throws IOException {
    try (Stream<Path> paths = Files.walk(all)) {
      for (Path path :
          paths
              .filter(path -> path.getNameCount() > all.getNameCount() + 1)
              .sorted(Comparator.reverseOrder())
              .toList()) {
        Files.delete(path);
      }
    }
  }

  /** Another one whenever something else is compiled, or for another Java. */
  private static String version() throws IOException {
    StringBuilder all = new StringBuilder(System.getProperty("java.home"));
    all.append(libraries());
    for (Path path : Stream.concat(Stream.of(SCRIPT), compiled().stream()).toList()) {
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

  private void layOut() throws IOException {
    Path lib = Files.createDirectories(folder.resolve("lib"));
    StringBuilder classPath = new StringBuilder();
    for (Path library : libraries()) {
      Files.createSymbolicLink(lib.resolve(library.getFileName()), library);
      classPath.append("lib/").append(library.getFileName()).append(' ');
    }
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(Attributes.Name.MAIN_CLASS, "hub.Hub");
    attributes.put(new Attributes.Name("Add-Opens"), "java.base/java.nio");
    attributes.put(Attributes.Name.CLASS_PATH, classPath.toString().strip());
    Path jar = folder.resolve("integration-master.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
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
    Files.copy(SCRIPT, folder.resolve("integration-master"), StandardCopyOption.COPY_ATTRIBUTES);
  }

  private void makeArchive() throws IOException {
    Path log = folder.resolve("archive.log");
    ProcessBuilder making =
        new ProcessBuilder(folder.resolve("integration-master").toString(), "archive")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    making.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = making.start();
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IllegalStateException("no archive was made:\n" + Files.readString(log));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      process.destroyForcibly();
    }
  }
}
