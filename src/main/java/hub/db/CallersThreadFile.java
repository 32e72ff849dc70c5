package hub.db;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.h2.store.fs.FileBaseDefault;
import org.h2.store.fs.FileUtils;

/**
 * A file of H2 that an interrupted thread does not close for all others, as Java's plain channel
 * would be. Like H2's own {@code async:}, but each read and write runs in the thread that asks for
 * it: handing a page of some kilobytes over to another thread and back costs several times its
 * reading. Thread-safe.
 */
final class CallersThreadFile extends FileBaseDefault {
  /** The JVM keeps a buffer of the largest size for each thread that has read or written. */
  private static final int SMALL_BYTES = 1 << 17;

  private final Path path;
  private final AsynchronousFileChannel channel;

  /** What is written is copied to this one, so that not every thread keeps such a large one. */
  private ByteBuffer large = ByteBuffer.allocateDirect(0);

  CallersThreadFile(Path path, String mode) throws IOException {
    this.path = path;
    this.channel =
        AsynchronousFileChannel.open(
            path, FileUtils.modeToOptions(mode), new CallersThread(), FileUtils.NO_ATTRIBUTES);
  }

  @Override
  public long size() throws IOException {
    return channel.size();
  }

  /** Reads a part if much is asked for; callers ask for the rest. */
  @Override
  public int read(ByteBuffer to, long position) throws IOException {
    int end = to.limit();
    to.limit(Math.min(end, to.position() + SMALL_BYTES));
    try {
      return done(channel.read(to, position));
    } finally {
      to.limit(end);
    }
  }

  /** Writes all by one call of the system. */
  @Override
  public int write(ByteBuffer from, long position) throws IOException {
    return from.remaining() <= SMALL_BYTES || from.isDirect()
        ? done(channel.write(from, position))
        : writeLarge(from, position);
  }

  private synchronized int writeLarge(ByteBuffer from, long position) throws IOException {
    if (large.capacity() < from.remaining()) {
      large = ByteBuffer.allocateDirect(Integer.highestOneBit(from.remaining()) << 1);
    }
    int begin = from.position();
    large.clear().put(from).flip();
    int written = done(channel.write(large, position));
    from.position(begin + written);
    return written;
  }

  /** The outcome of what the caller's own thread has done: there is nothing to wait for. */
  private static int done(Future<Integer> work) throws IOException {
    try {
      return work.get();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("waited for what was done", e);
    }
  }

  @Override
  protected void implTruncate(long size) throws IOException {
    channel.truncate(size);
  }

  @Override
  public void force(boolean metaData) throws IOException {
    channel.force(metaData);
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) throws IOException {
    return channel.tryLock(position, size, shared);
  }

  @Override
  protected void implCloseChannel() throws IOException {
    channel.close();
  }

  @Override
  public String toString() {
    return CallersThreadPath.SCHEME + ":" + path;
  }

  private static final class CallersThread extends AbstractExecutorService {
    @Override
    public void execute(Runnable work) {
      work.run();
    }

    @Override
    public void shutdown() {
      // There is no thread to end.
    }

    @Override
    public List<Runnable> shutdownNow() {
      return List.of();
    }

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return true;
    }
  }
}
