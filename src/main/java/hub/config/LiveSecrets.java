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
 * The current secrets of a running hub. Secrets in files and in {@code application.properties} can
 * be read again. All valid new values are put to use at once; an invalid one leaves the old value
 * in use. Thread-safe.
 */
public final class LiveSecrets {
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
  private static final String STAYS = "; the old one stays in use until the hub starts again";

  /**
   * The current values, replaced as a whole.
   *
   * @param files values from files, by name
   * @param properties values from properties that were read again, by name
   */
  private record Values(Map<String, String> files, Map<String, String> properties) {}

  /** A refused value and the reason, which is logged once. */
  private record Refused(Optional<String> value, String reason) {}

  private final Function<String, Optional<String>> fixed;
  private final SecretFiles files;
  private final Settings declared = new Settings(this);
  private final Map<String, List<SecretListener>> listeners = new ConcurrentHashMap<>();
  private volatile Values values;
  private Map<String, String> seen;
  private final Map<String, Refused> refused = new HashMap<>();

  /**
   * @param fixed values of properties and of the environment, each asked for once; they take
   *     precedence over files
   */
  public LiveSecrets(Function<String, Optional<String>> fixed, SecretFiles files) {
    // Camel parses placeholders at each look, and handlers look at each event.
    Map<String, Optional<String>> known = new ConcurrentHashMap<>();
    this.fixed =
        name -> {
          Optional<String> value = known.get(name);
          if (value == null) {
            // Not computeIfAbsent: a value may refer to another one, which is looked up within.
            value = fixed.apply(name);
            known.put(name, value);
          }
          return value;
        };
    this.files = files;
    this.seen = files.readAll();
    this.values = new Values(filled(seen), Map.of());
  }

  /** The current value; empty when there is none. */
  public Optional<String> value(String name) {
    Values now = values;
    return Optional.ofNullable(now.properties().get(name))
        .or(() -> fixed.apply(name))
        .or(() -> Optional.ofNullable(now.files().get(name)).flatMap(text -> readable(name, text)));
  }

  /** Reads a file again that could not be read at the start; fails if it still cannot. */
  private Optional<String> readable(String name, String text) {
    return text.equals(SecretFiles.UNREADABLE) ? files.read(name) : Optional.of(text);
  }

  /**
   * Registers a listener for new values of {@code name}.
   *
   * @return removes the listener
   */
  Runnable whenChanged(String name, SecretListener listener) {
    List<SecretListener> all = listeners.computeIfAbsent(name, any -> new CopyOnWriteArrayList<>());
    all.add(listener);
    return () -> all.remove(listener);
  }

  /**
   * Checks the files for changes. A change counts when two checks in a row find the same content,
   * because a file may be half written.
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
   * Reads files and properties again, when an operator says that they are complete.
   *
   * @param properties the current properties that hold secrets; empty for one that is gone or
   *     cannot be resolved
   * @return also the values that an earlier check refused and that are still invalid
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
            // It may be valid: the next check tries again, and logs only a different reason.
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
              + SecretFiles.MAX_BYTES
              + " bytes; see to its permissions and what is in it");
    }
    if (isOneLine(name) && CONTROL.matcher(text).find()) {
      throw new IllegalArgumentException("has a line break or another control character");
    }
    return listeners.getOrDefault(name, List.of()).stream()
        .map(listener -> listener.prepare(text))
        .toList();
  }

  /** The hub's secrets, and those that an integration declares so. */
  private boolean isOneLine(String name) {
    return Setting.of(name)
            .map(Setting::kind)
            .or(() -> declared.variables().find(name).map(Variable::kind))
            .orElse(ValueKind.TEXT)
        == ValueKind.SECRET;
  }

  private static Map<String, String> with(Map<String, String> old, Map<String, String> more) {
    Map<String, String> all = new HashMap<>(old);
    all.putAll(more);
    return Map.copyOf(all);
  }

  /** Without empty files, which hold no secret. */
  private static Map<String, String> filled(Map<String, String> read) {
    Map<String, String> filled = new HashMap<>(read);
    filled.values().removeIf(String::isEmpty);
    return Map.copyOf(filled);
  }
}
