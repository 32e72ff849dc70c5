package hub.call.http;

import hub.config.Networks;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Tells hosts on the internet from those inside of a network, for hosts that a request and not an
 * engineer says. Thread-safe.
 */
public final class PublicAddresses {
  /** The special-purpose networks of IANA's registry that are not reached over the internet. */
  private static final Networks INSIDE =
      Networks.parse(
          "0.0.0.0/8,10.0.0.0/8,100.64.0.0/10,127.0.0.0/8,169.254.0.0/16,172.16.0.0/12,"
              + "192.0.0.0/24,192.0.2.0/24,192.88.99.0/24,192.168.0.0/16,198.18.0.0/15,"
              + "198.51.100.0/24,203.0.113.0/24,224.0.0.0/3,"
              + "2001::/23,2001:db8::/32,2002::/16,3fff::/20");

  /** All of IPv6 that is given out for the internet. */
  private static final Networks GLOBAL_IPV6 = Networks.parse("2000::/3");

  /** Carries an IPv4 address in its last four bytes, for machines that have IPv6 alone. */
  private static final Networks NAT64 = Networks.parse("64:ff9b::/96");

  private static final int IPV4_BYTES = 4;

  /** Looks a host's addresses up. */
  @FunctionalInterface
  public interface Resolver {
    /** Name in the registry, where a test may bind one. */
    String BEAN = "hostResolver";

    InetAddress[] all(String host) throws UnknownHostException;
  }

  private final Networks allowed;
  private final Resolver resolver;

  /**
   * @param allowed networks that may be reached besides the internet
   */
  public PublicAddresses(Networks allowed) {
    this(allowed, InetAddress::getAllByName);
  }

  /** The same by a resolver of one's own. */
  public PublicAddresses(Networks allowed, Resolver resolver) {
    this.allowed = allowed;
    this.resolver = resolver;
  }

  /**
   * The address of a host to connect to: its first one, if all that it has may be connected to.
   * Asks a name server.
   *
   * @return empty when it has one that may not
   * @throws UnknownHostException when it has none
   */
  Optional<InetAddress> connectable(String host) throws UnknownHostException {
    InetAddress[] all = resolver.all(host);
    return Arrays.stream(all).allMatch(one -> isPublic(one) || allowed.contains(one))
        ? Arrays.stream(all).findFirst()
        : Optional.empty();
  }

  private static boolean isPublic(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length == IPV4_BYTES) {
      return !INSIDE.contains(address);
    }
    return NAT64.contains(address)
        ? isPublic(ipv4(Arrays.copyOfRange(bytes, bytes.length - IPV4_BYTES, bytes.length)))
        : GLOBAL_IPV6.contains(address) && !INSIDE.contains(address);
  }

  private static InetAddress ipv4(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // only of another number of bytes
    }
  }
}
