package hub.lint;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/** Suggests the known word that was probably meant. */
final class Suggest {
  /** A longer list does not help in a message. */
  private static final int MAX_LISTED_NAMES = 16;

  private Suggest() {}

  /**
   * {@code did you mean 'x'?}; if no word is near, {@code known: a, b}; if there are too many,
   * empty.
   */
  static String remedy(String written, Collection<String> known) {
    Optional<String> near = nearest(written, known);
    if (near.isPresent()) {
      return "did you mean '" + near.get() + "'?";
    }
    return known.isEmpty() || known.size() > MAX_LISTED_NAMES
        ? ""
        : "known: " + String.join(", ", new TreeSet<>(known));
  }

  /** The nearest known word, if it differs in at most a third of its letters. */
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

  /** The Damerau-Levenshtein distance of two words without case and separators. */
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
