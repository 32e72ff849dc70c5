package hub.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * IP addresses and networks, {@code 192.0.2.7, 10.0.0.0/8, 2001:db8::/32}. An IPv4 address that is
 * written as IPv6 ({@code ::ffff:192.0.2.7}) is the IPv4 address. Never asks DNS. Immutable.
 */
public final class Networks {
  private static final Pattern IPV4 = Pattern.compile("(0|[1-9]\\d{0,2})(\\.(0|[1-9]\\d{0,2})){3}");

  /** Has a colon, so that the JDK does not ask DNS. */
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  private static final Pattern PREFIX = Pattern.compile("0|[1-9]\\d{0,2}");

  private record Network(byte[] address, int prefixBits) {
    boolean contains(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      int whole = prefixBits / 8;
      for (int i = 0; i < whole; i++) {
        if (address[i] != other[i]) {
          return false;
        }
      }
      int rest = prefixBits % 8;
      return rest == 0 || ((address[whole] ^ other[whole]) & (0xff00 >> rest) & 0xff) == 0;
    }
  }

  private final List<Network> networks;

  private Networks(List<Network> networks) {
    this.networks = List.copyOf(networks);
  }

  /**
   * Parses a list.
   *
   * @param text addresses and networks, separated by commas; blank: none
   * @throws IllegalArgumentException with the invalid entry
   */
  public static Networks parse(String text) {
    List<Network> networks = new ArrayList<>();
    for (String entry : text.split(",", -1)) {
      if (!entry.isBlank()) {
        networks.add(
            network(entry.trim())
                .orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            "'" + entry.trim() + "' is neither an IP address nor a network")));
      }
    }
    return new Networks(networks);
  }

  private static Optional<Network> network(String entry) {
    String[] parts = entry.split("/", 2);
    Optional<byte[]> address = address(parts[0]).map(InetAddress::getAddress);
    if (address.isEmpty()) {
      return Optional.empty();
    }
    int bits = address.get().length * 8;
    if (parts.length == 1) {
      return Optional.of(new Network(address.get(), bits));
    }
    // An IPv4-mapped address has become IPv4, so its prefix counts 96 bits too many.
    boolean mapped = parts[0].contains(":") && bits == 32;
    return PREFIX.matcher(parts[1]).matches()
        ? Optional.of(Integer.parseInt(parts[1]) - (mapped ? 96 : 0))
            .filter(prefix -> prefix >= 0 && prefix <= bits)
            .map(prefix -> new Network(address.get(), prefix))
        : Optional.empty();
  }

  /** Parses a numeric address; empty for a host name and for anything else. */
  public static Optional<InetAddress> address(String text) {
    if (!IPV4.matcher(text).matches() && !IPV6.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(text));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  public boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    return networks.stream().anyMatch(network -> network.contains(bytes));
  }
}
