package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import hub.lint.Mistakes.Mistake;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeededMistakesTest {
  /** Fewer than this of a hundred told would be a step back. */
  private static final int LEAST_KINDS = 94;

  @TempDir Path root;

  @Test
  void each_kind_of_mistake_is_told_with_its_place_and_a_remedy() {
    List<Mistake> mistakes = Mistakes.read();
    List<String> missed = new ArrayList<>();
    int number = 0;
    for (Mistake mistake : mistakes) {
      HubFolder hub = Mistakes.folder(root.resolve(String.valueOf(number++)));
      mistake.files().forEach(hub::write);
      List<Fault> faults = hub.faults();
      if (faults.stream().noneMatch(mistake::isToldBy)) {
        missed.add(
            mistake
                + "\n    expected "
                + mistake.where()
                + ": …"
                + mistake.what()
                + "…; …"
                + mistake.remedy()
                + "\n    told     "
                + faults);
      }
    }

    assertThat(mistakes).hasSizeGreaterThanOrEqualTo(LEAST_KINDS);
    assertThat(missed)
        .as(
            "missed "
                + missed.size()
                + " of "
                + mistakes.size()
                + ":\n"
                + String.join("\n", missed))
        .isEmpty();
  }
}
