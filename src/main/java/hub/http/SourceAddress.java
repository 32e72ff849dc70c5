package hub.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * The address that a request comes from.
 *
 * @param text the address, for logs; without a port or a zone
 * @param network the key for limits by address: an IPv4 address, or an IPv6 network of 64 bits,
 *     because one customer of an Internet provider has that many
 * @param limited whether limits by address apply: not to this machine and to trusted proxies, which
 *     stand for many clients
 */
public record SourceAddress(String text, String network, boolean limited) {
  private static final int NETWORK_BYTES = 8;

  public static SourceAddress of(InetAddress address, boolean limited) {
    return new SourceAddress(text(address), network(address), limited);
  }

  /** For connections without an IP address, such as those over a Unix socket. */
  public static SourceAddress unknown() {
    return new SourceAddress("-", "-", false);
  }

  private static String text(InetAddress address) {
    return withoutZone(address.getHostAddress());
  }

  /** An IPv6 address without the interface after its percent sign; any other text as it is. */
  static String withoutZone(String text) {
    int zone = text.indexOf('%');
    return zone < 0 ? text : text.substring(0, zone);
  }

  private static String network(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return text(address);
    }
    byte[] bytes = address.getAddress();
    Arrays.fill(bytes, NETWORK_BYTES, bytes.length, (byte) 0);
    try {
      return text(InetAddress.getByAddress(bytes)) + "/64";
    } catch (UnknownHostException e) {
      throw new IllegalStateException("sixteen bytes are an IPv6 address", e);
    }
  }
}
