package hub.lint;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/** Guesses what somebody meant to write. */
final class Suggest {
  /** More names than these are no help in a message. */
  private static final int NAMES_WORTH_LISTING = 16;

  private Suggest() {}

  /** {@code did you mean 'x'?}; with nothing near, {@code known: a, b}; with too many, nothing. */
  static String remedy(String written, Collection<String> known) {
    Optional<String> near = nearest(written, known);
    if (near.isPresent()) {
      return "did you mean '" + near.get() + "'?";
    }
    return known.isEmpty() || known.size() > NAMES_WORTH_LISTING
        ? ""
        : "known: " + String.join(", ", new TreeSet<>(known));
  }

  /** The known word that differs in a third of its letters at most. */
  static Optional<String> nearest(String written, Collection<String> known) {
    return known.stream()
        .filter(word -> distance(written, word) <= allowed(written, word))
        .min(
            Comparator.<String>comparingInt(word -> distance(written, word))
                .thenComparing(Comparator.naturalOrder()));
  }

  private static int allowed(String a, String b) {
    return Math.max(1, Math.min(a.length(), b.length()) / 3);
  }

  /**
   * Letters to insert, drop, change or swap with their neighbour to turn one word into the other;
   * case and the choice of separator count nothing.
   */
  static int distance(String from, String to) {
    String a = plain(from);
    String b = plain(to);
    int[][] cost = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        cost[i][j] =
            Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + change);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }

  private static String plain(String word) {
    return word.toLowerCase(Locale.ROOT).replaceAll("[-_.]", "");
  }
}
