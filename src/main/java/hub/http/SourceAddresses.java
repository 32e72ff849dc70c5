package hub.http;

import hub.config.Networks;
import hub.config.Setting;
import hub.config.Settings;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the address that a request comes from. This is the connection's address, or, when that is
 * one of {@code hub.trusted-proxies}, the last entry of {@code X-Forwarded-For} that is not a
 * trusted proxy; clients can forge the entries before it. In the registry as {@code
 * sourceAddresses}. Immutable.
 */
public final class SourceAddresses {
  public static final String BEAN = "sourceAddresses";

  private static final String FORWARDED_FOR = "X-Forwarded-For";

  /** Some proxies add the port; then an IPv6 address is in brackets. */
  private static final Pattern ENTRY =
      Pattern.compile("\\[(?<ipv6>[^\\]]+)\\](:\\d+)?|(?<ipv4>[^:]+):\\d+|(?<bare>.+)");

  private final Networks trusted;

  public SourceAddresses(Settings settings) {
    this(Networks.parse(settings.text(Setting.TRUSTED_PROXIES)));
  }

  SourceAddresses(Networks trusted) {
    this.trusted = trusted;
  }

  public SourceAddress of(HttpServerRequest request) {
    String connected =
        request.remoteAddress() == null ? null : request.remoteAddress().hostAddress();
    return of(connected, request.headers().getAll(FORWARDED_FOR));
  }

  /**
   * @param connected the remote address of the connection, as digits; null when unknown
   * @param forwardedFor the values of {@code X-Forwarded-For}, as received
   */
  SourceAddress of(String connected, List<String> forwardedFor) {
    Optional<InetAddress> found = address(connected);
    if (found.isEmpty()) {
      return SourceAddress.unknown();
    }
    InetAddress source = found.get();
    if (forwardedFor.isEmpty()) {
      return known(source);
    }
    List<String> entries = List.of(String.join(",", forwardedFor).split(","));
    for (int i = entries.size() - 1; i >= 0 && trusted.contains(source); i--) {
      Optional<InetAddress> before = address(entries.get(i).trim());
      if (before.isEmpty()) {
        // "unknown" or no address at all: use the proxy that wrote it.
        break;
      }
      source = before.get();
    }
    return known(source);
  }

  private SourceAddress known(InetAddress source) {
    return SourceAddress.of(source, !source.isLoopbackAddress() && !trusted.contains(source));
  }

  private static Optional<InetAddress> address(String entry) {
    String text = entry == null ? "" : SourceAddress.withoutZone(entry);
    if (text.indexOf(':') < 0 && text.indexOf('[') < 0) {
      return Networks.address(text);
    }
    Matcher parts = ENTRY.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    for (String name : List.of("ipv6", "ipv4", "bare")) {
      if (parts.group(name) != null) {
        return Networks.address(parts.group(name));
      }
    }
    return Optional.empty();
  }
}
