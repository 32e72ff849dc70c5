package hub.http.body;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SegmentedBufferTest {
  private final List<Integer> made = new ArrayList<>();
  private final SegmentedBuffer pieces = new SegmentedBuffer(made::add);

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private void add(byte[] bytes, int partLength, int most) {
    for (int at = 0; at < bytes.length; at += partLength) {
      int end = Math.min(bytes.length, at + partLength);
      assertThat(pieces.add(Buffer.buffer().appendBytes(bytes, at, end - at), most)).isTrue();
    }
  }

  @Test
  void what_is_joined_is_what_was_added() {
    byte[] bytes = random(1_000_003);
    add(bytes, 7_777, 1 << 20);

    assertThat(pieces.length()).isEqualTo(bytes.length);
    assertThat(pieces.join()).isEqualTo(bytes);
    assertThat(pieces.length()).isZero();
  }

  @Test
  void a_body_of_known_length_takes_as_much_and_no_more() {
    byte[] bytes = random(500);
    add(bytes, 100, 500);

    assertThat(made).containsExactly(500);
    assertThat(pieces.join()).isEqualTo(bytes);
  }

  @Test
  void single_bytes_cost_no_object_each() {
    add(random(20_000), 1, 1 << 20);

    assertThat(made).containsExactly(4_096, 4_096, 8_192, 16_384);
  }

  @Test
  void no_array_is_large_for_the_heap() {
    add(random(1 << 20), 8_192, 1 << 20);

    assertThat(made).allSatisfy(size -> assertThat(size).isLessThanOrEqualTo(65_536));
    assertThat(made.stream().mapToInt(size -> size).sum()).isEqualTo(1 << 20);
  }

  @Test
  void without_room_nothing_is_made() {
    SegmentedBuffer refused = new SegmentedBuffer(size -> false);
    assertThat(refused.add(Buffer.buffer("x"), 10)).isFalse();
    assertThat(refused.length()).isZero();
  }

  @Test
  void nothing_is_an_empty_body() {
    assertThat(pieces.join()).isEmpty();
  }
}
