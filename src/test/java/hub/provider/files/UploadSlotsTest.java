package hub.provider.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hub.http.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UploadSlotsTest {
  @Test
  void who_comes_after_the_last_slot_waits_in_order_and_too_many_are_refused() {
    UploadSlots slots = new UploadSlots(1);
    List<Integer> went = new ArrayList<>();
    for (int i = 0; i <= 1_000; i++) {
      int number = i;
      slots.acquire(() -> went.add(number));
    }

    assertThat(went).containsExactly(0);
    assertThatThrownBy(() -> slots.acquire(() -> went.add(-1)))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("Too many files");
    slots.release();
    slots.release();
    assertThat(went).containsExactly(0, 1, 2);
  }
}
