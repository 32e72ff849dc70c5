package hub.webhook.verify;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A host of a sender.
 *
 * @param text as the scheme writes it; {@code *} stands for a label or a part of one
 */
record SenderHost(String text, Pattern pattern) {
  static SenderHost of(String text) {
    return new SenderHost(
        text,
        Pattern.compile(
            Arrays.stream(text.split("\\*", -1))
                .map(Pattern::quote)
                .collect(Collectors.joining("[a-z0-9-]+"))));
  }

  /**
   * @param host in lower case
   */
  boolean matches(String host) {
    return pattern.matcher(host).matches();
  }
}
