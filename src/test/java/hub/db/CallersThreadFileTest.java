package hub.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import org.h2.mvstore.DataUtils;
import org.h2.store.fs.FilePath;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that handed its work over would have to wait, and fails in an interrupted thread. */
class CallersThreadFileTest {
  @TempDir Path folder;

  @BeforeEach
  void register() {
    CallersThreadPath.register();
  }

  @Test
  void an_interrupted_thread_writes_and_reads_and_stays_interrupted() throws Exception {
    try (FileChannel file = open("a")) {
      Thread.currentThread().interrupt();
      assertThat(file.write(ByteBuffer.wrap("hello".getBytes()), 3)).isEqualTo(5);
      ByteBuffer read = ByteBuffer.allocate(5);
      assertThat(file.read(read, 3)).isEqualTo(5);
      file.force(true);
      assertThat(new String(read.array())).isEqualTo("hello");
      assertThat(Thread.interrupted()).isTrue();
      assertThat(file.size()).isEqualTo(8);
      assertThat(file.isOpen()).isTrue();
    }
  }

  @Test
  void much_is_written_at_once_and_read_in_parts() throws Exception {
    byte[] large = new byte[1_000_000];
    new Random(1).nextBytes(large);
    try (FileChannel file = open("e")) {
      ByteBuffer from = ByteBuffer.wrap(large);
      assertThat(file.write(from, 0)).isEqualTo(large.length);
      assertThat(from.hasRemaining()).isFalse();
      ByteBuffer to = ByteBuffer.allocate(large.length);
      assertThat(file.read(to, 0)).isLessThan(large.length);
      assertThat(to.limit()).isEqualTo(large.length);
      to.clear();
      DataUtils.readFully(file, 0, to);
      assertThat(to.array()).isEqualTo(large);
    }
  }

  @Test
  void a_fault_of_the_file_is_told_as_such() throws Exception {
    FileChannel file = open("c");
    file.close();
    assertThatThrownBy(() -> file.read(ByteBuffer.allocate(1), 0)).isInstanceOf(IOException.class);
  }

  @Test
  void a_second_one_cannot_be_locked() throws Exception {
    try (FileChannel file = open("d");
        FileChannel other = open("d")) {
      assertThat(file.tryLock()).isNotNull();
      assertThatThrownBy(other::tryLock).isInstanceOf(OverlappingFileLockException.class);
    }
  }

  @Test
  void a_database_survives_the_interruption_of_a_thread_that_commits() throws Exception {
    String url =
        "jdbc:h2:"
            + CallersThreadPath.SCHEME
            + ":"
            + folder.resolve("database")
            + ";WRITE_DELAY=0;CACHE_SIZE=0";
    try (Connection one = DriverManager.getConnection(url, "sa", "");
        Connection other = DriverManager.getConnection(url, "sa", "")) {
      update(one, "CREATE TABLE t (n int PRIMARY KEY, text varchar)");
      for (int i = 0; i < 50; i++) {
        Thread.currentThread().interrupt();
        update(one, "INSERT INTO t VALUES (" + i + ", REPEAT('x', 10000))");
        assertThat(Thread.interrupted()).isTrue();
      }
      try (Statement statement = other.createStatement();
          ResultSet row = statement.executeQuery("SELECT count(*), sum(length(text)) FROM t")) {
        assertThat(row.next()).isTrue();
        assertThat(row.getInt(1)).isEqualTo(50);
        assertThat(row.getInt(2)).isEqualTo(500_000);
      }
    }
  }

  private FileChannel open(String name) throws IOException {
    return FilePath.get(CallersThreadPath.SCHEME + ":" + folder.resolve(name)).open("rw");
  }

  private static void update(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }
}
