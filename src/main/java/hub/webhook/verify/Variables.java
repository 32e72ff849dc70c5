package hub.webhook.verify;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The variables that a scheme names besides that of its secrets: <code>{{NAME}}</code>. */
final class Variables {
  private static final Pattern NAMED = Pattern.compile("\\{\\{([\\w.-]+)}}");
  private static final Pattern SECRET = Pattern.compile("\\{secret:([\\w.-]+)}");

  private Variables() {}

  /**
   * @throws IllegalArgumentException when a variable is not set
   */
  static String fill(String text, Function<String, Optional<String>> values) {
    return NAMED
        .matcher(text)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    values
                        .apply(found.group(1))
                        .filter(value -> !value.isBlank())
                        .orElseThrow(
                            () ->
                                new IllegalArgumentException(
                                    found.group(1) + " is not set; set it"))));
  }

  /** The names of all, in order. */
  static Set<String> of(WebhookScheme scheme) {
    Set<String> names = new TreeSet<>();
    Stream.of(
            scheme.claims().values().stream(),
            Stream.of(scheme.format().field(), scheme.keys().url()),
            scheme.signed().contents().stream().map(WebhookScheme.Content::template),
            scheme.responses().handshakes().stream()
                .flatMap(
                    one ->
                        Stream.concat(
                            one.checks().values().stream(), Stream.of(one.answer().body()))))
        .flatMap(texts -> texts)
        .forEach(
            text ->
                Stream.of(NAMED, SECRET)
                    .flatMap(pattern -> pattern.matcher(text).results())
                    .forEach(found -> names.add(found.group(1))));
    return names;
  }
}
