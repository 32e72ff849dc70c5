package hub.testing;

import hub.db.CallersThreadPath;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FilePath;

/** A folder whose disk can be full. One at a time in a JVM. */
public interface SmallDisk extends AutoCloseable {
  Path folder();

  /** From now on there is no room. */
  void fill() throws IOException;

  /** There is room again. */
  void free() throws IOException;

  @Override
  void close() throws IOException;

  /** A file system of its own in memory; empty where this user may not mount one. */
  static Optional<SmallDisk> mounted(Path folder) throws IOException {
    return run("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder.toString())
        ? Optional.of(new Mounted(folder))
        : Optional.empty();
  }

  /** H2's files may not grow while it is full; nobody else notices it. */
  static SmallDisk pretended(Path folder) {
    FilePath.register(new Quota());
    return new Pretended(folder);
  }

  private static boolean run(String... command) throws IOException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getInputStream().readAllBytes();
      return process.waitFor() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (IOException e) {
      // There is no such program.
      return false;
    }
  }

  /** Filled with a file. */
  record Mounted(Path folder) implements SmallDisk {
    private Path filler() {
      return folder.resolve("filler");
    }

    @Override
    public void fill() {
      byte[] some = new byte[4_096];
      try (OutputStream out = Files.newOutputStream(filler())) {
        while (true) {
          out.write(some);
        }
      } catch (IOException e) {
        // Full.
      }
    }

    @Override
    public void free() throws IOException {
      Files.delete(filler());
    }

    @Override
    public void close() throws IOException {
      run("umount", "-l", folder.toString());
    }
  }

  /** Filled by decree. */
  record Pretended(Path folder) implements SmallDisk {
    @Override
    public void fill() {
      Quota.full = true;
    }

    @Override
    public void free() {
      Quota.full = false;
    }

    @Override
    public void close() {
      Quota.full = false;
      FilePath.register(new CallersThreadPath());
    }
  }

  /** H2's file layer, in the place of the one that the hub's files are opened with. */
  final class Quota extends CallersThreadPath {
    private static volatile boolean full;

    @Override
    public FileChannel open(String mode) throws IOException {
      return new Bounded(super.open(mode));
    }

    private static final class Bounded extends FileBaseDefault {
      private final FileChannel file;

      Bounded(FileChannel file) {
        this.file = file;
      }

      @Override
      public synchronized int write(ByteBuffer from, long position) throws IOException {
        if (full && position + from.remaining() > file.size()) {
          throw new IOException("No space left on device");
        }
        return file.write(from, position);
      }

      @Override
      public synchronized int read(ByteBuffer to, long position) throws IOException {
        return file.read(to, position);
      }

      @Override
      public long size() throws IOException {
        return file.size();
      }

      @Override
      public void force(boolean metaData) throws IOException {
        file.force(metaData);
      }

      @Override
      public FileLock tryLock(long position, long size, boolean shared) throws IOException {
        return file.tryLock(position, size, shared);
      }

      @Override
      protected void implTruncate(long size) throws IOException {
        file.truncate(size);
      }

      @Override
      protected void implCloseChannel() throws IOException {
        file.close();
      }
    }
  }
}
