package hub.poll;

import hub.util.Sha256;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * One page of a list.
 *
 * @param items in the page's order
 * @param next where the next page is; empty on the last one
 */
public record ListPage(List<ListItem> items, Optional<URI> next) {
  /** Tells pages with other items apart. */
  String hash() {
    return Sha256.hex(
        items.stream()
            .map(item -> item.id().length() + ":" + item.id())
            .collect(Collectors.joining(","))
            .getBytes(StandardCharsets.UTF_8));
  }
}
