package hub.config;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What became of secrets that were found changed; names, never values.
 *
 * @param taken are in use from now on
 * @param kept the old value stays in use, and why
 */
public record SecretChanges(SortedSet<String> taken, SortedMap<String, String> kept) {
  public SecretChanges(Set<String> taken, Map<String, String> kept) {
    this(
        Collections.unmodifiableSortedSet(new TreeSet<>(taken)),
        Collections.unmodifiableSortedMap(new TreeMap<>(kept)));
  }

  /** Both, one after the other. */
  public SecretChanges and(SecretChanges later) {
    Set<String> allTaken = new TreeSet<>(taken);
    allTaken.addAll(later.taken());
    Map<String, String> allKept = new TreeMap<>(kept);
    allKept.putAll(later.kept());
    return new SecretChanges(allTaken, allKept);
  }
}
