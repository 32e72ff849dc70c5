package hub.http;

import static org.assertj.core.api.Assertions.assertThat;

import hub.config.Networks;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceAddressesTest {
  private static final SourceAddresses PROXIED =
      new SourceAddresses(Networks.parse("10.0.0.0/8, 192.0.2.7, 2001:db8:1::/48"));

  private static SourceAddress of(String connected, String... forwardedFor) {
    return PROXIED.of(connected, List.of(forwardedFor));
  }

  @Test
  void nobody_is_believed_who_is_not_trusted() {
    assertThat(of("203.0.113.9", "198.51.100.1"))
        .isEqualTo(new SourceAddress("203.0.113.9", "203.0.113.9", true));
    assertThat(new SourceAddresses(Networks.parse("")).of("10.0.0.1", List.of("198.51.100.1")))
        .isEqualTo(new SourceAddress("10.0.0.1", "10.0.0.1", true));
  }

  @ParameterizedTest
  @CsvSource({
    // Entries of the client stand before those of the proxies.
    "'6.6.6.6, 198.51.100.1', 198.51.100.1",
    "'6.6.6.6, 198.51.100.1, 10.9.9.9', 198.51.100.1",
    "'10.1.1.1, 198.51.100.1, 192.0.2.7, 10.9.9.9', 198.51.100.1",
    "198.51.100.1:4711, 198.51.100.1",
    "2001:db8:2::1, 2001:db8:2:0:0:0:0:1",
    "[2001:db8:2::1], 2001:db8:2:0:0:0:0:1",
    "[2001:db8:2::1]:4711, 2001:db8:2:0:0:0:0:1",
    "::ffff:198.51.100.1, 198.51.100.1",
    "'198.51.100.1, 2001:db8:1::5', 198.51.100.1",
  })
  void the_last_that_is_no_trusted_proxy_is_the_source(String forwardedFor, String source) {
    SourceAddress found = of("10.0.0.1", forwardedFor.split(","));

    assertThat(found.text()).isEqualTo(source);
    assertThat(found.limited()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "unknown",
    "'198.51.100.1, unknown'",
    "'198.51.100.1, '",
    "'198.51.100.1, 1.2.3'",
    "'198.51.100.1, 1.2.3.256'",
    "'198.51.100.1, 01.2.3.4'",
    "'198.51.100.1, example.com'",
    "'198.51.100.1, :::1'",
    "'198.51.100.1, 1.2.3.4 5.6.7.8'",
  })
  void what_is_no_address_leaves_the_proxy_that_wrote_it(String forwardedFor) {
    assertThat(of("10.0.0.1", forwardedFor))
        .isEqualTo(new SourceAddress("10.0.0.1", "10.0.0.1", false));
  }

  @Test
  void proxies_and_this_machine_are_not_limited_themselves() {
    assertThat(of("10.0.0.1").limited()).isFalse();
    assertThat(of("10.0.0.1", "192.0.2.7").limited()).isFalse();
    assertThat(of("127.0.0.1").limited()).isFalse();
    assertThat(of("::1").limited()).isFalse();
    assertThat(of("127.0.0.1", "198.51.100.1").text()).isEqualTo("127.0.0.1");
    assertThat(of(null)).isEqualTo(SourceAddress.unknown());
  }

  @Test
  void an_ipv6_network_of_one_customer_has_one_share() {
    assertThat(of("2001:db8:9:8:1:2:3:4").network()).isEqualTo("2001:db8:9:8:0:0:0:0/64");
    assertThat(of("fe80:0:0:0:1:2:3:4%eth0").network()).isEqualTo("fe80:0:0:0:0:0:0:0/64");
    assertThat(of("fe80:0:0:0:1:2:3:4%eth0").text()).isEqualTo("fe80:0:0:0:1:2:3:4");
  }
}
