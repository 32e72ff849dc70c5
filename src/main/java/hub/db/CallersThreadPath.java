package hub.db;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;

/**
 * The name of a {@link CallersThreadFile} in H2's addresses: {@code jdbc:h2:uninterrupted:} and the
 * path. Public because H2 makes one for each name, by reflection.
 */
public class CallersThreadPath extends FilePathWrapper {
  public static final String SCHEME = "uninterrupted";

  /** Makes the scheme known to H2, unless it is known. */
  static void register() {
    if (!FilePath.get(SCHEME + ":").getScheme().equals(SCHEME)) {
      FilePath.register(new CallersThreadPath());
    }
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public FileChannel open(String mode) throws IOException {
    return new CallersThreadFile(Path.of(name.substring(SCHEME.length() + 1)), mode);
  }
}
