package hub.http.auth;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** How keys that people choose are written, and what is wrong with one; never shows a key. */
public final class CallerKeys {
  /** What a caller's key may be good for. */
  static final List<String> SCOPES = List.of("payments", "email", "files", "analytics", "tokens");

  private static final String FORM =
      "; write name:key or name:key:scope+scope, separated by commas";

  private CallerKeys() {}

  /**
   * One entry of {@code HUB_API_KEYS}.
   *
   * @param key in clear
   */
  record Entry(Caller caller, String key) {}

  /** The entries of a list without faults, in order. */
  static List<Entry> parse(String list) {
    return Arrays.stream(list.split(",", -1)).map(CallerKeys::entry).toList();
  }

  private static Entry entry(String text) {
    String[] parts = text.strip().split(":", 3);
    Set<String> scopes =
        parts.length < 3
            ? Caller.USUAL_SCOPES
            : Arrays.stream(parts[2].split("\\+"))
                .map(String::strip)
                .collect(Collectors.toUnmodifiableSet());
    return new Entry(new Caller(parts[0].strip(), false, scopes), parts[1].strip());
  }

  /**
   * What is wrong with a value of {@code HUB_API_KEYS}: {@code number 1 of 2 …; remedy}.
   *
   * @param leastBytes a shorter key is a fault
   */
  public static List<String> faults(String list, int leastBytes) {
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
      lengthFault(parts[1].strip(), leastBytes).ifPresent(fault -> faults.add(which + fault));
      if (parts.length == 3 && !isKnown(parts[2])) {
        faults.add(which + "has an unknown scope; the scopes are " + String.join(", ", SCOPES));
      }
    }
    return faults;
  }

  /** What is wrong with one key: {@code has 7 bytes, …; remedy}. */
  public static Optional<String> lengthFault(String key, int leastBytes) {
    int bytes = key.getBytes(StandardCharsets.UTF_8).length;
    return bytes >= leastBytes
        ? Optional.empty()
        : Optional.of(
            "has "
                + (bytes == 1 ? "1 byte" : bytes + " bytes")
                + ", fewer than the "
                + leastBytes
                + " of hub.secrets.min-bytes; make one with 'openssl rand -base64 24'");
  }

  /** What stands in a scope's place may be the end of a key, so it is not shown. */
  private static boolean isKnown(String scopes) {
    return Arrays.stream(scopes.split("\\+", -1)).map(String::strip).allMatch(SCOPES::contains);
  }
}
