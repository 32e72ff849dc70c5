package hub.http;

/** Compares paths of requests. */
public final class RequestPath {
  private RequestPath() {}

  /** Whether {@code path} is {@code folder} or lies below it, segment by segment. */
  public static boolean isUnder(String path, String folder) {
    return path.equals(folder) || path.startsWith(folder + "/");
  }
}
