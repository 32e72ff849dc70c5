package hub.identity.login;

import com.jayway.jsonpath.Configuration;
import com.jayway.jsonpath.JsonPath;
import com.jayway.jsonpath.Option;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * JSONPaths into claims; the first that finds a text or a whole number is used. Immutable.
 *
 * @param paths may be empty: nothing is found
 */
record ClaimPaths(List<String> paths) {
  private static final Configuration LENIENT =
      Configuration.defaultConfiguration()
          .addOptions(Option.SUPPRESS_EXCEPTIONS, Option.DEFAULT_PATH_LEAF_TO_NULL);

  Optional<String> in(Map<String, Object> claims) {
    return paths.stream()
        .map(path -> text(JsonPath.using(LENIENT).parse(claims).read(path)))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> text(Object found) {
    if (found instanceof String text) {
      return Optional.of(text).filter(value -> !value.isBlank());
    }
    // No fractions: they are not ids, and may be formatted differently the next time.
    return found instanceof Integer || found instanceof Long || found instanceof BigInteger
        ? Optional.of(found.toString())
        : Optional.empty();
  }
}
