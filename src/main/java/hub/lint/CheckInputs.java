package hub.lint;

import hub.config.SecretFiles;
import hub.config.Settings;
import hub.util.Sha256;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Everything on which the result of a {@link Lint} depends.
 *
 * @param routes the folder of the routes
 * @param applicationProperties may be absent
 * @param settings the effective values
 * @param environment the variables of the process, and those of {@code .env}
 */
record CheckInputs(
    Path routes,
    Path applicationProperties,
    SecretFiles secrets,
    Settings settings,
    Map<String, String> environment) {

  private static final Pattern NAMED_FILE = Pattern.compile("\\bfile:([^\\s?\"']+)");

  /** Differ at each start by a shell or by systemd. Their values are no settings. */
  private static final Set<String> VOLATILE =
      Set.of(
          "_",
          "INVOCATION_ID",
          "JOURNAL_STREAM",
          "MEMORY_PRESSURE_WATCH",
          "OLDPWD",
          "SHLVL",
          "SSH_AUTH_SOCK",
          "SSH_CLIENT",
          "SSH_CONNECTION",
          "SSH_TTY",
          "SYSTEMD_EXEC_PID",
          "TERM",
          "WINDOWID",
          "XDG_SESSION_ID");

  /**
   * A hash of all of it.
   *
   * @param salt hides the secrets among it
   * @throws IOException when something cannot be read
   */
  String hash(String salt) throws IOException {
    MessageDigest digest = Sha256.digest();
    add(digest, salt);
    add(digest, program());
    // Among them the version of Java and the folder in which the hub runs.
    add(digest, sorted(System.getProperties()));
    add(digest, Runtime.getRuntime().maxMemory());
    Map<String, String> variables = sorted(environment);
    variables.replaceAll((name, value) -> VOLATILE.contains(name) ? "" : value);
    add(digest, variables);
    Map<String, String> files = sorted(secrets.readAll());
    files.entrySet().removeIf(file -> Preflight.isMade(file.getKey(), file.getValue()));
    add(digest, files);
    add(digest, keyStores());
    add(digest, EnvFileRules.findings(applicationProperties));
    if (Files.exists(applicationProperties)) {
      add(digest, Files.readAllBytes(applicationProperties));
    }
    for (RouteFiles.RouteFile file :
        new RouteFiles(routes, new FileNames(routes)).find(new Faults())) {
      byte[] content = Files.readAllBytes(file.path());
      add(digest, file.name());
      add(digest, content);
      addNamedFiles(digest, new String(content, StandardCharsets.UTF_8));
    }
    addOtherFiles(digest);
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Files that a route names, such as {@code sql:file:…}, wherever they are. */
  private void addNamedFiles(MessageDigest digest, String content) throws IOException {
    Path absolute = applicationProperties.toAbsolutePath();
    Matcher named = NAMED_FILE.matcher(content);
    while (named.find()) {
      try {
        addFile(digest, absolute.resolveSibling(named.group(1)));
      } catch (InvalidPathException e) {
        add(digest, named.group(1)); // Its fault depends on the route alone.
      }
    }
  }

  /** Files beside the routes that the check reads: SQL statements and the like. */
  private void addOtherFiles(MessageDigest digest) throws IOException {
    if (!Files.isDirectory(routes)) {
      return;
    }
    try (Stream<Path> files = Files.walk(routes)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".sql")).sorted().toList()) {
        addFile(digest, file);
      }
    }
  }

  private static void addFile(MessageDigest digest, Path file) throws IOException {
    add(digest, file);
    if (Files.isRegularFile(file)) {
      add(digest, Files.readAllBytes(file));
    } else {
      add(digest, Files.exists(file));
    }
  }

  /** Every file of the class path, with size and time. */
  private static List<String> program() throws IOException {
    List<String> files = new ArrayList<>();
    for (Path entry : classPath()) {
      if (Files.exists(entry)) {
        Files.walkFileTree(
            entry,
            new SimpleFileVisitor<>() {
              @Override
              public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                files.add(file + " " + attributes.size() + " " + attributes.lastModifiedTime());
                return FileVisitResult.CONTINUE;
              }
            });
      }
    }
    Collections.sort(files);
    return files;
  }

  private static List<Path> classPath() throws IOException {
    String written = System.getProperty("java.class.path");
    if (!written.endsWith(".jar") || written.contains(File.pathSeparator)) {
      return paths(Path.of("").toAbsolutePath(), written.split(File.pathSeparator));
    }
    // As java -jar: the jar's manifest names the others.
    Path main = Path.of(written).toAbsolutePath();
    try (JarFile jar = new JarFile(main.toFile())) {
      String others = jar.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      List<Path> all =
          paths(main.getParent(), Optional.ofNullable(others).orElse("").split(" ", -1));
      all.add(main);
      return all;
    }
  }

  private static List<Path> paths(Path folder, String... entries) {
    List<Path> paths = new ArrayList<>();
    for (String entry : entries) {
      if (!entry.isEmpty()) {
        paths.add(folder.resolve(entry));
      }
    }
    return paths;
  }

  /** Whether the files are there, which is all that is checked of them. */
  private List<Optional<Boolean>> keyStores() {
    return CamelSettingRules.STORES.stream()
        .map(settings::named)
        .map(store -> store.filter(value -> value.startsWith("file:")))
        .map(store -> store.map(value -> Path.of(value.substring("file:".length()))))
        .map(store -> store.map(Files::isRegularFile))
        .toList();
  }

  private static Map<String, String> sorted(Map<?, ?> map) {
    Map<String, String> sorted = new TreeMap<>();
    map.forEach((key, value) -> sorted.put(key.toString(), value.toString()));
    return sorted;
  }

  private static void add(MessageDigest digest, Object part) {
    add(digest, part.toString().getBytes(StandardCharsets.UTF_8));
  }

  /** With its length, so that no byte can pass for one of the next part. */
  private static void add(MessageDigest digest, byte[] part) {
    digest.update((part.length + ":").getBytes(StandardCharsets.UTF_8));
    digest.update(part);
  }
}
