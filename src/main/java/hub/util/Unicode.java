package hub.util;

/** Checks text that comes from outside. */
public final class Unicode {
  private Unicode() {}

  /**
   * Whether {@code text} has no unpaired surrogate. JSON can write one as an escape, but UTF-8
   * cannot carry it.
   */
  public static boolean isWellFormed(String text) {
    return text.codePoints()
        .noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }
}
