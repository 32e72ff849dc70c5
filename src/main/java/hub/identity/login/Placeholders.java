package hub.identity.login;

import hub.config.Settings;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text of {@code providers.yaml} whose {@code {{NAME}}} and {@code {{NAME:default}}} are replaced
 * by properties, variables or secret files.
 *
 * @param text the text after the replacement
 * @param unset names that have no value; if there are some, {@code text} is incomplete
 */
public record Placeholders(String text, List<String> unset) {
  private static final Pattern PLACEHOLDER =
      Pattern.compile("\\{\\{\\??(?:env:)?([A-Za-z_][A-Za-z0-9_.-]*)(?::([^{}]*))?}}");

  public static Placeholders resolve(String written, Settings settings) {
    TreeSet<String> unset = new TreeSet<>();
    String text =
        PLACEHOLDER
            .matcher(written)
            .replaceAll(found -> Matcher.quoteReplacement(value(found, settings, unset)));
    return new Placeholders(text.strip(), List.copyOf(unset));
  }

  private static String value(MatchResult found, Settings settings, TreeSet<String> unset) {
    String name = found.group(1);
    String defaultValue = found.group(2) == null ? "" : found.group(2);
    String value = named(settings, name).orElse(defaultValue).strip();
    if (value.isEmpty()) {
      unset.add(name);
    }
    return value;
  }

  /** Empty for a property that cannot be resolved, which the lint reports. */
  private static Optional<String> named(Settings settings, String name) {
    try {
      return settings.named(name);
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }
}
