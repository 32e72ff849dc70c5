package hub.call.policy;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells addresses whose host a message says, as {@code https://{host}/hooks} or {@code {hookUrl}},
 * from those whose host an engineer wrote.
 */
public final class VariableHost {
  private static final Pattern AUTHORITY = Pattern.compile("(?i)(?:https?://)?([^/?#]*)");

  private VariableHost() {}

  /** Whether the address has its host, or part of it, from a variable. */
  public static boolean isIn(String address) {
    return address.indexOf('{') >= 0 && written(address).contains("{");
  }

  /** The host and port as the route writes them. */
  static String written(String address) {
    Matcher authority = AUTHORITY.matcher(address.strip());
    return authority.lookingAt() ? authority.group(1) : "";
  }
}
