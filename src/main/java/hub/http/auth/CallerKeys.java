package hub.http.auth;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Parses {@code HUB_API_KEYS} and finds its faults. No message contains a key. */
public final class CallerKeys {
  private static final String FORM =
      "; write name:key or name:key:scope+scope, separated by commas";

  private CallerKeys() {}

  /**
   * One entry of {@code HUB_API_KEYS}.
   *
   * @param key in plain text
   */
  record Entry(Caller caller, String key) {}

  /** The entries of a list, in order; the list must have no {@link #faults}. */
  static List<Entry> parse(String list) {
    return Arrays.stream(list.split(",", -1)).map(CallerKeys::entry).toList();
  }

  private static Entry entry(String text) {
    String[] parts = text.strip().split(":", 3);
    Set<String> scopes =
        parts.length < 3
            ? Scope.defaults()
            : Arrays.stream(parts[2].split("\\+"))
                .map(String::strip)
                .collect(Collectors.toUnmodifiableSet());
    return new Entry(new Caller(parts[0].strip(), false, scopes), parts[1].strip());
  }

  /**
   * The faults of a value of {@code HUB_API_KEYS}, each as {@code number 1 of 2 …; remedy}.
   *
   * @param minBytes a shorter key is a fault
   */
  public static List<String> faults(String list, int minBytes) {
    List<String> faults = new ArrayList<>();
    Set<String> names = new HashSet<>();
    String[] entries = list.split(",", -1);
    for (int i = 0; i < entries.length; i++) {
      String which = "number " + (i + 1) + " of " + entries.length + " ";
      String[] parts = entries[i].strip().split(":", -1);
      if (parts.length < 2 || parts.length > 3 || parts[0].isBlank() || parts[1].isBlank()) {
        faults.add(which + "is not name:key[:scope+scope]" + FORM);
        continue;
      }
      if (!names.add(parts[0].strip())) {
        faults.add(which + "has the name of an earlier one" + FORM);
      }
      lengthFault(parts[1].strip(), minBytes).ifPresent(fault -> faults.add(which + fault));
      if (parts.length == 3 && !isKnown(parts[2])) {
        faults.add(
            which + "has an unknown scope; the scopes are " + String.join(", ", Scope.names()));
      }
    }
    return faults;
  }

  /** The fault of a key that is too short, as {@code has 7 bytes, …; remedy}. */
  public static Optional<String> lengthFault(String key, int minBytes) {
    int bytes = key.getBytes(StandardCharsets.UTF_8).length;
    return bytes >= minBytes
        ? Optional.empty()
        : Optional.of(
            "has "
                + (bytes == 1 ? "1 byte" : bytes + " bytes")
                + ", fewer than the "
                + minBytes
                + " of hub.secrets.min-bytes; make one with 'openssl rand -base64 24'");
  }

  /**
   * Whether all scopes are known. An unknown one may be the end of a key with a colon in it, so no
   * message shows it.
   */
  private static boolean isKnown(String scopes) {
    return Arrays.stream(scopes.split("\\+", -1))
        .map(String::strip)
        .allMatch(Scope.names()::contains);
  }
}
