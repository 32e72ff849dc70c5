package hub.webhook.scheme;

import hub.webhook.verify.SchemeCatalog;
import hub.webhook.verify.SchemeFaults;
import hub.webhook.verify.WebhookScheme;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The schemes of the jar and of a folder of one's own, whose files go before those of the same
 * name. A scheme is read when it is first asked for. Thread-safe.
 */
public final class SchemeFiles implements SchemeCatalog {
  /** Name in the registry. */
  public static final String BEAN = "schemeFiles";

  /** How a scheme's file is called, behind its name. */
  public static final String SUFFIX = ".scheme.yaml";

  private static final String SHIPPED = "schemes/";
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]*");

  /** The generic schemes come last in lists: whoever has a sender looks for its name. */
  private static final List<String> GENERIC = List.of("hmac", "token", "bearer", "basic", "none");

  /** Of a fault, which may repeat what the file says. */
  private static final int MOST_CHARACTERS = 500;

  private static final SchemeFiles JAR = new SchemeFiles(Optional.empty());

  private final Optional<Path> folder;
  private final Map<String, Optional<WebhookScheme>> read = new ConcurrentHashMap<>();

  private SchemeFiles(Optional<Path> folder) {
    this.folder = folder;
  }

  /** The schemes of the jar alone. */
  public static SchemeFiles shipped() {
    return JAR;
  }

  /**
   * The schemes of the jar and of {@code schemes/} in a folder of routes, as they are now.
   *
   * @param routes need not have such a folder
   */
  public static SchemeFiles of(Path routes) {
    Path schemes = routes.resolve("schemes");
    return Files.isDirectory(schemes) ? new SchemeFiles(Optional.of(schemes)) : JAR;
  }

  /** The same, also for a folder that is made later; call {@link #readAgain} when files change. */
  public static SchemeFiles changing(Path routes) {
    return new SchemeFiles(Optional.of(routes.resolve("schemes")));
  }

  /** Forgets what it has read. */
  public void readAgain() {
    read.clear();
  }

  @Override
  public Optional<WebhookScheme> named(String name) {
    return NAME.matcher(name).matches() ? read.computeIfAbsent(name, this::load) : Optional.empty();
  }

  @Override
  public List<String> names() {
    TreeSet<String> names = new TreeSet<>(shippedNames());
    ownFolder().ifPresent(own -> names.addAll(namesIn(own)));
    GENERIC.forEach(names::remove);
    return Stream.concat(names.stream(), GENERIC.stream()).toList();
  }

  /** Names of the schemes of particular senders, without the generic ones. */
  public List<String> senders() {
    return names().stream().filter(name -> !GENERIC.contains(name)).toList();
  }

  /** Whether a scheme's file is one's own. */
  public boolean isOwn(String name) {
    return own(name).isPresent();
  }

  /** Names of one's own files that stand in place of shipped ones. */
  public List<String> replaced() {
    return ownFolder()
        .map(own -> namesIn(own).stream().filter(name -> resource(name) != null).toList())
        .orElse(List.of());
  }

  private Optional<Path> ownFolder() {
    return folder.filter(Files::isDirectory);
  }

  private Optional<Path> own(String name) {
    return folder.map(own -> own.resolve(name + SUFFIX)).filter(Files::isRegularFile);
  }

  private Optional<WebhookScheme> load(String name) {
    Optional<Path> own = own(name);
    if (own.isPresent()) {
      return Optional.of(parseOwn(name, own.get()));
    }
    URL shipped = resource(name);
    if (shipped == null) {
      return Optional.empty();
    }
    try (InputStream stream = shipped.openStream()) {
      return Optional.of(
          SchemeReader.read(
              name, SchemeTree.of(new String(stream.readAllBytes(), StandardCharsets.UTF_8))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static WebhookScheme parseOwn(String name, Path file) {
    String content;
    try {
      content = Files.readString(file);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "scheme: the file of " + name + " cannot be read; it must be text in UTF-8", e);
    }
    List<String> faults = faultsOf(name, content);
    if (!faults.isEmpty()) {
      throw new IllegalArgumentException(
          "scheme: "
              + name
              + SUFFIX
              + " has faults: "
              + String.join("; ", faults)
              + "; lint tells the lines");
    }
    return SchemeReader.read(name, SchemeTree.of(content));
  }

  /** All faults of a file, each with the path of its member; never an exception. */
  public static List<String> faultsOf(String name, String content) {
    Object tree;
    try {
      tree = SchemeTree.of(content);
    } catch (IllegalArgumentException e) {
      return List.of(shortened(e.getMessage()));
    }
    List<String> faults = SchemeSchema.faultsOf(tree);
    return (faults.isEmpty() ? faultsOf(SchemeReader.read(name, tree)) : faults)
        .stream().map(SchemeFiles::shortened).toList();
  }

  private static List<String> faultsOf(WebhookScheme scheme) {
    return Stream.of(SchemeFaults.of(scheme), SchemePathFaults.of(scheme))
        .flatMap(List::stream)
        .toList();
  }

  private static String shortened(String fault) {
    return fault.length() <= MOST_CHARACTERS
        ? fault
        : fault.substring(0, MOST_CHARACTERS).strip() + "…";
  }

  private static URL resource(String name) {
    return SchemeFiles.class.getClassLoader().getResource(SHIPPED + name + SUFFIX);
  }

  private static List<String> namesIn(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.endsWith(SUFFIX))
          .map(file -> file.substring(0, file.length() - SUFFIX.length()))
          .filter(name -> NAME.matcher(name).matches())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> shippedNames() {
    try {
      URI folder = resource("none").toURI().resolve(".");
      if (!"jar".equals(resource("none").getProtocol())) {
        return namesIn(Path.of(folder));
      }
      String jar = resource("none").toString();
      try (FileSystem files =
          FileSystems.newFileSystem(URI.create(jar.substring(0, jar.indexOf("!/"))), Map.of())) {
        return namesIn(files.getPath("/" + SHIPPED));
      }
    } catch (URISyntaxException | IOException e) {
      throw new IllegalStateException("the jar's schemes cannot be listed", e);
    }
  }
}
