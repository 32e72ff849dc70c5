package hub.config;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The result of reading secrets again: names, never values.
 *
 * @param taken names whose new value is in use now
 * @param kept names whose old value stays in use, with the reason
 */
public record SecretChanges(SortedSet<String> taken, SortedMap<String, String> kept) {
  public SecretChanges(Set<String> taken, Map<String, String> kept) {
    this(
        Collections.unmodifiableSortedSet(new TreeSet<>(taken)),
        Collections.unmodifiableSortedMap(new TreeMap<>(kept)));
  }

  /** The sum of two results. */
  public SecretChanges and(SecretChanges later) {
    Set<String> allTaken = new TreeSet<>(taken);
    allTaken.addAll(later.taken());
    Map<String, String> allKept = new TreeMap<>(kept);
    allKept.putAll(later.kept());
    return new SecretChanges(allTaken, allKept);
  }
}
