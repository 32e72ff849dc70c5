package hub.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Reads a body from a file or from standard input.
 *
 * @param folder that relative names begin at
 */
record SendBody(Path folder, InputStream in) {
  private static final String STANDARD_INPUT = "-";

  /** What is surely meant as a file, even when it is not there. */
  private static final Pattern FILE_NAME = Pattern.compile(".*\\.(json|txt|xml)");

  /** Whether an argument names a file, and not a type. */
  boolean isFile(String argument) {
    return argument.equals(STANDARD_INPUT)
        || FILE_NAME.matcher(argument).matches()
        || isThere(argument);
  }

  private boolean isThere(String name) {
    try {
      return Files.isRegularFile(folder.resolve(name));
    } catch (InvalidPathException e) {
      return false; // types may have colons, names of files on Windows may not
    }
  }

  /**
   * @throws CommandFailedException when it cannot be read
   */
  byte[] read(String file) {
    try {
      return file.equals(STANDARD_INPUT)
          ? in.readAllBytes()
          : Files.readAllBytes(folder.resolve(file));
    } catch (IOException e) {
      throw CommandFailedException.wrongUsage("The file " + file + " cannot be read.");
    }
  }
}
