package hub.poll;

import com.fasterxml.jackson.databind.JsonNode;
import com.jayway.jsonpath.JsonPathException;
import hub.call.http.ProviderResponse;
import hub.util.JsonField;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the address of the next page, on the same host only. Immutable. */
public final class NextPage {
  private static final String LINK = "link";
  private static final Pattern LINK_VALUE =
      Pattern.compile("<([^>]*)>((?:\\s*;\\s*[^,;=\\s]+(?:\\s*=\\s*(?:\"[^\"]*\"|[^,;\\s]*))?)*)");
  private static final Pattern NEXT =
      Pattern.compile("(?i);\\s*rel\\s*=\\s*(?:\"[^\"]*\\bnext\\b[^\"]*\"|next\\b)");
  private static final int MAX_ADDRESS = 8_000;

  private final boolean isLink;
  private final Optional<JsonField> field;
  private final String query;

  /**
   * @param next a JSONPath of the page, {@code link} for the header {@code Link}, or empty: the
   *     list has no further pages
   * @param query name of the query parameter that carries what {@code next} finds; empty: it finds
   *     an address
   * @throws IllegalArgumentException for another text
   */
  public NextPage(String next, String query) {
    String text = next.strip();
    this.isLink = text.equalsIgnoreCase(LINK);
    this.query = query.strip();
    if (text.isEmpty() || isLink) {
      this.field = Optional.empty();
    } else {
      try {
        if (!text.startsWith("$")) {
          throw new IllegalArgumentException("it does not begin with $");
        }
        this.field = Optional.of(new JsonField(text));
      } catch (JsonPathException | IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "next: '" + text + "' is neither link nor a JSONPath such as $.next: " + e.getMessage(),
            e);
      }
    }
    if (!this.query.isEmpty() && field.isEmpty()) {
      throw new IllegalArgumentException("nextQuery needs 'next', a JSONPath of its value");
    }
  }

  /** Whether pages tell where the next one is. */
  public boolean isGiven() {
    return isLink || field.isPresent();
  }

  /**
   * The address of the page after this one; empty on the last page.
   *
   * @param asked this page's address
   * @throws PageFaultException when the address is none, or on another host
   */
  public Optional<URI> after(URI asked, ProviderResponse response, JsonNode document) {
    Optional<String> found = isLink ? link(response) : field.flatMap(one -> value(one, document));
    return found.map(
        text -> query.isEmpty() ? resolve(asked, text) : withParameter(asked, query, text));
  }

  private static Optional<String> value(JsonField field, JsonNode document) {
    return field
        .in(document)
        .filter(node -> node.isTextual() || node.isNumber())
        .map(JsonNode::asText)
        .filter(text -> !text.isBlank());
  }

  private static Optional<String> link(ProviderResponse response) {
    for (String header : response.headers().allValues("Link")) {
      Matcher value = LINK_VALUE.matcher(header);
      while (value.find()) {
        if (NEXT.matcher(value.group(2)).find()) {
          return Optional.of(value.group(1).strip());
        }
      }
    }
    return Optional.empty();
  }

  private static URI resolve(URI asked, String text) {
    if (text.length() > MAX_ADDRESS) {
      throw new PageFaultException("the address of its next page is longer than " + MAX_ADDRESS);
    }
    URI next;
    try {
      next = text.startsWith("?") ? onPath(asked, text) : asked.resolve(text.replace(" ", "%20"));
    } catch (IllegalArgumentException e) {
      throw new PageFaultException(
          "what it gives as its next page is no address; name the query parameter for it by nextQuery");
    }
    if (!isSameHost(asked, next)) {
      throw new PageFaultException(
          "its next page is on another host, "
              + next.getScheme()
              + "://"
              + next.getRawAuthority()
              + "; the credentials are for "
              + asked.getRawAuthority()
              + " alone");
    }
    return next;
  }

  /** {@code URI.resolve} would leave out the last segment of the path. */
  private static URI onPath(URI asked, String query) {
    return URI.create(asked.toString().replaceFirst("[?#].*", "") + query);
  }

  /** Whether requests to both go to the same server, with the same protection. */
  public static boolean isSameHost(URI one, URI other) {
    return one.getHost() != null
        && one.getHost().equalsIgnoreCase(other.getHost())
        && one.getScheme().equalsIgnoreCase(other.getScheme())
        && port(one) == port(other)
        && other.getRawUserInfo() == null;
  }

  private static int port(URI uri) {
    return uri.getPort() >= 0
        ? uri.getPort()
        : uri.getScheme().toLowerCase(Locale.ROOT).equals("https") ? 443 : 80;
  }

  /** The address with this query parameter, in place of one of the same name. */
  public static URI withParameter(URI address, String name, String value) {
    String key = encode(name);
    String query = address.getRawQuery();
    String kept =
        Stream.concat(
                query == null
                    ? Stream.empty()
                    : Arrays.stream(query.split("&"))
                        .filter(one -> !one.isEmpty() && !one.replaceFirst("=.*", "").equals(key)),
                Stream.of(key + "=" + encode(value)))
            .collect(Collectors.joining("&"));
    return URI.create(address.toString().replaceFirst("[?#].*", "") + "?" + kept);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
