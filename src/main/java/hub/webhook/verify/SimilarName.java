package hub.webhook.verify;

import java.util.Collection;
import java.util.Comparator;

/** Suggests the name that was probably meant. */
public final class SimilarName {
  private SimilarName() {}

  /** {@code "; did you mean 'x'?"}, or nothing when no name comes close. */
  public static String suggestion(String written, Collection<String> names) {
    return names.stream()
        .min(Comparator.comparingInt(name -> distance(written, name)))
        .filter(name -> distance(written, name) <= Math.max(2, name.length() / 3))
        .map(name -> "; did you mean '" + name + "'?")
        .orElse("");
  }

  /** The Levenshtein distance, ignoring case. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int changed = diagonal + (alike(a.charAt(i - 1), b.charAt(j - 1)) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }

  private static boolean alike(char a, char b) {
    return Character.toLowerCase(a) == Character.toLowerCase(b);
  }
}
