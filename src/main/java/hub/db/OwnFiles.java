package hub.db;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Makes files and folders that only their owner may read, from their first moment on. */
final class OwnFiles {
  private OwnFiles() {}

  /** Creates an empty file, where there is none. */
  static void create(Path file) throws IOException {
    Path unused = Files.createFile(file, permissions(file, "rw-------"));
  }

  static Path temporaryFolder(Path within, String prefix) throws IOException {
    return Files.createTempDirectory(within, prefix, permissions(within, "rwx------"));
  }

  /** Creates a folder, where there is none. */
  static void createFolder(Path folder) throws IOException {
    Path unused = Files.createDirectory(folder, permissions(folder, "rwx------"));
  }

  private static FileAttribute<?>[] permissions(Path at, String text) {
    return at.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(text))
        }
        : new FileAttribute<?>[0];
  }
}
