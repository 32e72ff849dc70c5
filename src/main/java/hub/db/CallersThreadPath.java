package hub.db;

import java.io.File;
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

  /** Windows tells the ends of reads to threads of the channel, which a caller's cannot be. */
  private static final boolean WINDOWS = File.separatorChar == '\\';

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
    String path = name.substring(SCHEME.length() + 1);
    return WINDOWS
        ? FilePath.get("async:" + path).open(mode)
        : new CallersThreadFile(Path.of(path), mode);
  }
}
