package hub.config;

import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads the YAML files of a folder of the hub's own jar; other jars may have one of that name. */
final class JarFolder {
  private JarFolder() {}

  /**
   * The texts by path below the folder, with {@code /}.
   *
   * @param one the path of a file that is surely there, by which the jar is found
   */
  static Map<String, String> texts(String folder, String one) {
    try {
      URL url = JarFolder.class.getClassLoader().getResource(folder + "/" + one);
      if (url == null) {
        throw new IllegalStateException("the jar lacks " + folder + "/" + one);
      }
      if (url.openConnection() instanceof JarURLConnection jar) {
        Path file = Path.of(jar.getJarFileURL().toURI());
        try (FileSystem files = FileSystems.newFileSystem(file, Map.of())) {
          return texts(files.getPath("/" + folder));
        }
      }
      Path root = Path.of(url.toURI());
      for (int i = 0; i < Path.of(one).getNameCount(); i++) {
        root = root.getParent();
      }
      return texts(root);
    } catch (URISyntaxException | IOException e) {
      throw new IllegalStateException("the jar's " + folder + " cannot be listed", e);
    }
  }

  private static Map<String, String> texts(Path root) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".yaml")).toList()) {
        texts.put(root.relativize(file).toString().replace('\\', '/'), Files.readString(file));
      }
    }
    return texts;
  }
}
