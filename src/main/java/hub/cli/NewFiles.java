package hub.cli;

import com.fasterxml.jackson.databind.node.TextNode;
import hub.util.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Files that are to be written: all of them or none, and never over one that is there. */
final class NewFiles {
  private final Map<Path, String> texts = new LinkedHashMap<>();

  /** Adds a file. */
  NewFiles with(Path file, String text) {
    texts.put(file, text);
    return this;
  }

  /**
   * Looks whether they can be written, before something else is.
   *
   * @throws CommandFailedException when one of them is there
   */
  void refusePresent() {
    List<Path> present = texts.keySet().stream().filter(Files::exists).toList();
    if (!present.isEmpty()) {
      throw CommandFailedException.failed(
          String.join(", ", present.stream().map(NewFiles::shown).toList())
              + (present.size() == 1 ? " is" : " are")
              + " there already, and nothing was written: choose another name, or delete"
              + (present.size() == 1 ? " it." : " them."));
    }
  }

  /**
   * Writes them.
   *
   * @return the files, in the order in which they were added
   * @throws CommandFailedException when one of them is there, or the disk refuses
   */
  List<Path> write() {
    refusePresent();
    List<Path> written = new ArrayList<>();
    try {
      for (Map.Entry<Path, String> file : texts.entrySet()) {
        Files.createDirectories(file.getKey().getParent());
        Files.writeString(file.getKey(), file.getValue(), StandardOpenOption.CREATE_NEW);
        written.add(file.getKey());
      }
    } catch (IOException e) {
      written.forEach(NewFiles::delete);
      throw CommandFailedException.failed("Cannot write below routes: " + e.getMessage());
    }
    return List.copyOf(written);
  }

  /** Undoes what was written before a failure. */
  private static void delete(Path written) {
    try {
      Files.deleteIfExists(written);
    } catch (IOException e) {
      // The failure itself is told.
    }
  }

  /** A path with slashes, as messages show it. */
  static String shown(Path file) {
    return file.toString().replace('\\', '/');
  }

  /** A text as a scalar of YAML: as it is where that is unambiguous, else in double quotes. */
  static String scalar(String text) {
    boolean isPlain =
        text.matches("[A-Za-z$/][A-Za-z0-9$./_ -]*")
            && !text.matches("(?i)true|false|yes|no|on|off|null");
    return isPlain && !text.endsWith(" ") ? text : Json.text(TextNode.valueOf(text));
  }
}
