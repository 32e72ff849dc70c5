package hub.call.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hub.config.Networks;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts that a request may name. */
class PublicAddressesTest {
  private static final Networks NONE = Networks.parse("");

  private static boolean contain(Networks allowed, String... addresses) {
    PublicAddresses.Resolver resolver =
        host -> {
          InetAddress[] all = new InetAddress[addresses.length];
          for (int i = 0; i < all.length; i++) {
            all[i] = InetAddress.getByName(addresses[i]);
          }
          return all;
        };
    try {
      return new PublicAddresses(allowed, resolver).connectable("host.example").isPresent();
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "9.255.255.255",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.0.1",
        "172.32.0.1",
        "192.169.0.1",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450::1",
        "64:ff9b::101:101",
      })
  void an_address_of_the_internet_is_public(String address) {
    assertThat(contain(NONE, address)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.7",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "::10.0.0.1",
        "64:ff9b::a00:1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:a00:1::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
      })
  void an_address_inside_is_not(String address) {
    assertThat(contain(NONE, address)).isFalse();
  }

  @Test
  void one_address_inside_among_several_is_enough() {
    assertThat(contain(NONE, "1.1.1.1", "10.0.0.1")).isFalse();
    assertThat(contain(NONE, "1.1.1.1", "2606:4700::1111")).isTrue();
  }

  @Test
  void a_network_that_is_allowed_counts_as_public() {
    Networks allowed = Networks.parse("10.1.0.0/16, fd00:1::/32");

    assertThat(contain(allowed, "10.1.2.3", "fd00:1::7", "1.1.1.1")).isTrue();
    assertThat(contain(allowed, "10.2.2.3")).isFalse();
  }

  @Test
  void numbers_are_read_without_a_name_server() throws UnknownHostException {
    assertThat(new PublicAddresses(NONE).connectable("169.254.169.254")).isEmpty();
    assertThat(new PublicAddresses(NONE).connectable("1.1.1.1")).isPresent();
  }

  @Test
  void a_host_without_an_address_is_unknown() {
    PublicAddresses nowhere =
        new PublicAddresses(
            NONE,
            host -> {
              throw new UnknownHostException(host);
            });

    assertThatThrownBy(() -> nowhere.connectable("nowhere.example"))
        .isInstanceOf(UnknownHostException.class);
  }
}
