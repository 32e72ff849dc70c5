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
 * Tells the address that a request comes from: the connection's, or, where that is a proxy of
 * {@code hub.trusted-proxies}, the last entry of {@code X-Forwarded-For} that no trusted proxy is.
 * Everybody can write the entries before it. In the registry as {@code sourceAddresses}. Immutable.
 */
public final class SourceAddresses {
  public static final String BEAN = "sourceAddresses";

  private static final String FORWARDED_FOR = "X-Forwarded-For";

  /** Some proxies add the port; IPv6 then stands in brackets. */
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
   * @param connected the other end of the connection, in numbers; null: not known
   * @param forwardedFor lines of {@code X-Forwarded-For} as they came
   */
  SourceAddress of(String connected, List<String> forwardedFor) {
    Optional<InetAddress> found = address(connected);
    if (found.isEmpty()) {
      return SourceAddress.unknown();
    }
    InetAddress source = found.get();
    List<String> entries = List.of(String.join(",", forwardedFor).split(","));
    for (int i = entries.size() - 1; i >= 0 && trusted.contains(source); i--) {
      Optional<InetAddress> before = address(entries.get(i).trim());
      if (before.isEmpty()) {
        // "unknown", or nothing that an address can be: the proxy that wrote it is all we know.
        break;
      }
      source = before.get();
    }
    return SourceAddress.of(source, !source.isLoopbackAddress() && !trusted.contains(source));
  }

  private static Optional<InetAddress> address(String entry) {
    Matcher parts = ENTRY.matcher(entry == null ? "" : entry.replaceFirst("%.*", ""));
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
