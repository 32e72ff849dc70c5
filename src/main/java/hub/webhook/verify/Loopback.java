package hub.webhook.verify;

import java.util.regex.Pattern;

/** Tells whether a host, as an address writes it, is this machine without asking a name server. */
public final class Loopback {
  private static final Pattern IPV4 =
      Pattern.compile("127(\\.(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)){3}");

  private Loopback() {}

  public static boolean is(String host) {
    return host.equals("localhost") || host.equals("[::1]") || IPV4.matcher(host).matches();
  }
}
