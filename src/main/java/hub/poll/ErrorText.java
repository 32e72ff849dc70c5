package hub.poll;

import java.util.regex.Pattern;

/** What operators read of a failure that no code foresaw. */
public final class ErrorText {
  /** Paths and queries of addresses may hold keys. */
  private static final Pattern ADDRESS =
      Pattern.compile("(?i)(https?://)(?:[^/\\s@]*@)?([^/\\s?#\"']+)[/?#][^\\s\"']*");

  private ErrorText() {}

  /** Its kind and message, with no more of an address than its host. */
  public static String of(Throwable failure) {
    return ADDRESS.matcher(failure.toString()).replaceAll("$1$2/…");
  }
}
