package hub.config;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The secrets in force while the hub runs. Those of files and of {@code application.properties} can
 * be read again; all that are right are exchanged at once, and a wrong one leaves the old one in
 * use. Thread-safe.
 */
public final class LiveSecrets {
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
  private static final String STAYS = "; the old one stays in use until the hub starts again";

  /**
   * One state of affairs, exchanged as a whole.
   *
   * @param files by name, as taken
   * @param properties that were read again, by name
   */
  private record Values(Map<String, String> files, Map<String, String> properties) {}

  /** A value that was not taken, and why: told once. */
  private record Refused(Optional<String> value, String reason) {}

  private final Function<String, Optional<String>> fixed;
  private final SecretFiles files;
  private final Map<String, List<SecretListener>> uses = new ConcurrentHashMap<>();
  private volatile Values values;
  private Map<String, String> seen;
  private final Map<String, Refused> refused = new HashMap<>();

  /**
   * @param fixed values of properties and of the environment; they go before files
   */
  public LiveSecrets(Function<String, Optional<String>> fixed, SecretFiles files) {
    this.fixed = fixed;
    this.files = files;
    this.seen = files.readAll();
    this.values = new Values(filled(seen), Map.of());
  }

  /** The value in force; empty when there is none. */
  public Optional<String> value(String name) {
    Values now = values;
    return Optional.ofNullable(now.properties().get(name))
        .or(() -> fixed.apply(name))
        .or(() -> Optional.ofNullable(now.files().get(name)).flatMap(text -> readable(name, text)));
  }

  /** What could not be read at the start fails where it is needed, unless it can be read now. */
  private Optional<String> readable(String name, String text) {
    return text.equals(SecretFiles.UNREADABLE) ? files.read(name) : Optional.of(text);
  }

  /**
   * Has {@code use} judge every new value of {@code name}, and take it.
   *
   * @return ends that
   */
  Runnable whenChanged(String name, SecretListener use) {
    List<SecretListener> all = uses.computeIfAbsent(name, any -> new CopyOnWriteArrayList<>());
    all.add(use);
    return () -> all.remove(use);
  }

  /**
   * Looks at the files. A change counts once two looks in a row have found it the same, since a
   * file may be half written.
   *
   * @throws UncheckedIOException when the folder cannot be read; nothing changes
   */
  public synchronized SecretChanges look() {
    Map<String, String> before = seen;
    Map<String, String> now = files.readAll();
    seen = now;
    return takeFiles(now, name -> Objects.equals(before.get(name), now.get(name)));
  }

  /**
   * Reads everything again that may have changed, at somebody's word that it is written.
   *
   * @param properties that hold secrets, as they stand now; empty for one that is gone or cannot be
   *     resolved
   * @return also what an earlier look did not take, if it is still so
   * @throws UncheckedIOException when the folder cannot be read; nothing changes
   */
  public synchronized SecretChanges readAgain(Map<String, Optional<String>> properties) {
    refused.clear();
    seen = files.readAll();
    Map<String, Optional<String>> changed = new TreeMap<>();
    properties.forEach(
        (name, value) -> {
          Optional<String> inForce =
              Optional.ofNullable(values.properties().get(name)).or(() -> fixed.apply(name));
          if (!inForce.equals(value)) {
            changed.put(name, value);
          }
        });
    SecretChanges byProperties = take(changed, false);
    return byProperties.and(takeFiles(seen, name -> true));
  }

  private SecretChanges takeFiles(Map<String, String> now, Function<String, Boolean> isWhole) {
    Set<String> names = new TreeSet<>(now.keySet());
    names.addAll(values.files().keySet());
    Map<String, Optional<String>> changed = new TreeMap<>();
    for (String name : names) {
      Optional<String> value = Optional.ofNullable(now.get(name));
      boolean isStillEmpty = "".equals(now.get(name)) && !values.files().containsKey(name);
      if (isStillEmpty || Objects.equals(values.files().get(name), now.get(name))) {
        refused.remove(name);
      } else if (isWhole.apply(name)) {
        changed.put(name, value);
      }
    }
    return take(changed, true);
  }

  private SecretChanges take(Map<String, Optional<String>> changed, boolean fromFiles) {
    Map<String, String> right = new TreeMap<>();
    Map<String, String> kept = new TreeMap<>();
    List<Runnable> commits = new ArrayList<>();
    changed.forEach(
        (name, value) -> {
          Refused earlier = refused.get(name);
          try {
            if (earlier != null && earlier.value().equals(value)) {
              return;
            }
            commits.addAll(prepare(name, value, fromFiles));
            right.put(name, value.orElseThrow());
            refused.remove(name);
          } catch (IllegalArgumentException e) {
            refused.put(name, new Refused(value, e.getMessage()));
            kept.put(name, e.getMessage());
          } catch (RuntimeException e) {
            // It may be right: another look judges again, and is silent if it fares the same.
            String reason = "cannot be judged now: " + e.getClass().getSimpleName();
            Refused before = refused.put(name, new Refused(Optional.of(""), reason));
            if (before == null || !before.reason().equals(reason)) {
              kept.put(name, reason);
            }
          }
        });
    if (!right.isEmpty()) {
      values =
          fromFiles
              ? new Values(with(values.files(), right), values.properties())
              : new Values(values.files(), with(values.properties(), right));
      commits.forEach(Runnable::run);
    }
    return new SecretChanges(right.keySet(), kept);
  }

  private List<Runnable> prepare(String name, Optional<String> value, boolean fromFiles) {
    if (fromFiles && (values.properties().containsKey(name) || fixed.apply(name).isPresent())) {
      throw new IllegalArgumentException(
          "a property or variable of this name goes before the file; unset it and start the hub"
              + " again");
    }
    String gone = fromFiles ? "is gone" : "is gone, or refers to what is not set";
    String text = value.orElseThrow(() -> new IllegalArgumentException(gone + STAYS));
    if (text.isEmpty()) {
      throw new IllegalArgumentException("is empty" + STAYS);
    }
    if (text.equals(SecretFiles.UNREADABLE)) {
      throw new IllegalArgumentException(
          "cannot be read as text of at most "
              + SecretFiles.MOST_BYTES
              + " bytes; see to its permissions and what is in it");
    }
    if (Setting.isSecret(name) && CONTROL.matcher(text).find()) {
      throw new IllegalArgumentException("has a line break or another control character");
    }
    return uses.getOrDefault(name, List.of()).stream().map(use -> use.prepare(text)).toList();
  }

  private static Map<String, String> with(Map<String, String> old, Map<String, String> more) {
    Map<String, String> all = new HashMap<>(old);
    all.putAll(more);
    return Map.copyOf(all);
  }

  /** An empty file is no secret. */
  private static Map<String, String> filled(Map<String, String> read) {
    Map<String, String> filled = new HashMap<>(read);
    filled.values().removeIf(String::isEmpty);
    return Map.copyOf(filled);
  }
}
