package hub.poll;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListCursorTest {
  @ParameterizedTest
  @CsvSource({
    "9,10",
    "-1.5,-1.25",
    "2026-11-30T23:59:59Z,2026-12-01T00:00:00Z",
    "2026-11-30T23:00:00+02:00,2026-11-30T21:30:00Z",
    "2026-11-30 10:00:00,2026-11-30 10:00:01",
    "2026-11-30,2026-12-01",
    "c9,c10",
  })
  void numbers_times_and_numbered_texts_have_an_order(String first, String second) {
    assertThat(new ListCursor(first).isBefore(new ListCursor(second))).isTrue();
    assertThat(new ListCursor(second).isBefore(new ListCursor(first))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"a,b", "b,a", "x1,y2", "9,a1"})
  void other_texts_have_none(String first, String second) {
    assertThat(new ListCursor(first).compareWith(new ListCursor(second))).isEmpty();
  }
}
