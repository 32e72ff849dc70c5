package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingRulesTest {
  @TempDir Path root;
  HubFolder hub;

  @BeforeEach
  void open() {
    hub = new HubFolder(root);
  }

  private void settings(String content) {
    hub.write("application.properties", content);
  }

  @Test
  void an_unknown_key_is_told_with_its_line() {
    settings("\n# x\nhub.webhook.max-body-byte = 5\nhub.colour = red\nshop.colour = red\n");

    assertThat(hub.printed())
        .containsExactly(
            "application.properties:3: unknown setting 'hub.webhook.max-body-byte';"
                + " did you mean 'hub.webhook.max-body-bytes'?",
            "application.properties:4: unknown setting 'hub.colour';"
                + " the settings are listed in the application.properties that is shipped");
  }

  @Test
  void a_sender_whose_name_needs_quotes_is_told_how_to_write_it() {
    hub.environment("EMAIL_FROM", "Acme, Inc. <no-reply@example.com>");

    assertThat(hub.printed())
        .singleElement()
        .satisfies(
            fault ->
                assertThat(fault.toString())
                    .contains("EMAIL_FROM")
                    .contains("\"Acme, Inc.\" <hub@example.com>"));
  }

  @Test
  void a_body_limit_over_half_of_all_bodies_is_told() {
    settings("hub.webhook.max-body-bytes = 600\nhub.http.bodies-max-bytes = 1000\n");

    assertThat(hub.printed())
        .containsExactly(
            "application.properties:1: hub.webhook.max-body-bytes is over half of what all bodies"
                + " may take together (1000); lower it, raise hub.http.bodies-max-bytes, or give"
                + " the hub a larger heap by -Xmx");
  }

  @Test
  void a_warm_up_that_lasts_longer_than_anybody_waits_is_told() {
    settings("hub.warm-up-seconds = 61\n");

    assertThat(hub.printed())
        .containsExactly("application.properties:1: hub.warm-up-seconds must be 0 to 60, not '61'");
  }

  @Test
  void a_key_that_stands_twice_is_told() {
    settings("hub.data-dir = a\nx = \\\n y\nhub.data-dir = b\n");

    assertThat(hub.printed())
        .containsExactly(
            "application.properties:4: 'hub.data-dir' stands twice, first in line 1; delete one");
  }

  @Test
  void a_key_that_stands_twice_is_told_with_both_its_wrong_values() {
    settings("hub.inbox.retention-days = soon\nhub.inbox.retention-days = never\n");

    assertThat(hub.printed())
        .containsExactlyInAnyOrder(
            "application.properties:1: hub.inbox.retention-days must be a whole number from 1 to"
                + " 2147483647, not 'soon'",
            "application.properties:2: 'hub.inbox.retention-days' stands twice, first in line 1;"
                + " delete one",
            "application.properties:2: hub.inbox.retention-days must be a whole number from 1 to"
                + " 2147483647, not 'never'");
  }

  @Test
  void values_of_another_kind_are_told() {
    settings(
        """
        hub.inbox.retention-days = 0
        hub.inbox.queue-events = 99999999999
        hub.inbox.retry-delays-seconds = 5,x
        hub.public-url = https://example.com/hub
        """);

    assertThat(hub.printed())
        .containsExactly(
            "application.properties:1: hub.inbox.retention-days must be a whole number from 1 to"
                + " 2147483647, not '0'",
            "application.properties:2: hub.inbox.queue-events must be a whole number from 1 to"
                + " 2147483647, not '99999999999'",
            "application.properties:3: hub.inbox.retry-delays-seconds must be whole numbers of"
                + " seconds from 0, separated by commas, not '5,x'",
            "application.properties:4: hub.public-url must be an http or https address without a"
                + " path or a / at its end, not 'https://example.com/hub'");
  }

  @Test
  void what_counts_of_stripes_events_is_one_of_a_few_words() {
    settings("hub.stripe.livemode = true\nhub.stripe.accounts = all\n");

    assertThat(hub.printed())
        .containsExactly(
            "application.properties:1: hub.stripe.livemode must be auto, live, test or any, not"
                + " 'true'",
            "application.properties:2: hub.stripe.accounts must be own or any, not 'all'");
  }

  @Test
  void a_key_of_stripe_that_does_not_tell_its_mode_is_warned_of() {
    settings("STRIPE_SECRET_KEY = hunter2\nhub.stripe.livemode = auto\n");

    assertThat(hub.printed())
        .containsExactly(
            "application.properties:1: STRIPE_SECRET_KEY begins with none of sk_live_, rk_live_,"
                + " sk_test_, rk_test_, so events of both modes are handled while"
                + " hub.stripe.livemode is auto; check it");
    settings("STRIPE_SECRET_KEY = rk_test_hunter2\nhub.stripe.livemode = auto\n");
    assertThat(hub.printed()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ada", "github:", ":1", "github:1 google:2", "github:1,", "key:operator"})
  void people_who_cannot_be_known_are_told(String people) {
    settings("hub.operators = github:583231, google:ada@example.com\nhub.viewers = " + people);

    assertThat(hub.printed())
        .containsExactly(
            "application.properties:2: hub.viewers must be provider:subject or"
                + " provider:verified-mail, separated by commas, not '"
                + people
                + "'");
  }

  @Test
  void a_value_from_the_environment_is_told_by_its_variable() {
    settings("hub.public-url = {{env:PUBLIC_URL:http://localhost:8080}}\n");
    hub.environment("PUBLIC_URL", "example.com").environment("HUB_INBOX_POLL_SECONDS", "-1");

    assertThat(hub.printed())
        .containsExactly(
            "hub.inbox.poll-seconds: HUB_INBOX_POLL_SECONDS must be a whole number from 1 to"
                + " 2147483647, not '-1'",
            "hub.public-url: PUBLIC_URL must be an http or https address without a path or a / at"
                + " its end, not 'example.com'");
  }

  @Test
  void a_variable_that_is_nearly_ours_is_warned_of() {
    hub.environment("HUB_INBOX_RETENTION_DAY", "3").environment("HUB_SERVICE_HOST", "10.0.0.1");

    assertThat(hub.printed())
        .containsExactly(
            "HUB_INBOX_RETENTION_DAY: unknown environment variable;"
                + " did you mean 'HUB_INBOX_RETENTION_DAYS'?");
  }

  @Test
  void a_name_that_nothing_reads_stops_the_start_unless_it_may_be_a_second_one() {
    settings(
        "HUB_ALERT_EMIAL = ops@example.com\n"
            + "hub.public-url = {{env:SHOP_URL:http://localhost:8080}}\n"
            + "SHOP_URLS = http://localhost:8081\n");
    assertThat(hub.faults()).extracting(Fault::level).containsOnly(Fault.Level.ERROR);
    assertThat(hub.printed())
        .containsExactly(
            "application.properties:1: nothing reads 'HUB_ALERT_EMIAL';"
                + " did you mean 'HUB_ALERT_EMAIL'?",
            "application.properties:3: nothing reads 'SHOP_URLS'; did you mean 'SHOP_URL'?");

    settings("SHOP_TOKEN_A = a\nSHOP_TOKEN_B = b\ncamel.main.name = {{SHOP_TOKEN_A}}\n");
    assertThat(hub.faults()).extracting(Fault::level).containsExactly(Fault.Level.WARNING);
  }

  @Test
  void a_reference_to_nothing_is_told() {
    settings("hub.data-dir = {{env:NOWHERE}}\n");

    assertThat(hub.printed())
        .containsExactly(
            "application.properties:1: NOWHERE is not set;"
                + " set it, or give it a default: {{env:NOWHERE:…}}");
  }

  @Test
  void another_database_is_told_without_its_password() {
    settings("hub.database.url = postgres://hub:hunter2@db/hub\n");

    assertThat(hub.printed())
        .containsExactly(
            "application.properties:1: hub.database.url starts neither with jdbc:postgresql: nor"
                + " with jdbc:h2:; write jdbc:postgresql://host/database, with user and password in"
                + " DATABASE_USER and DATABASE_PASSWORD");
  }

  @Test
  void wrong_api_keys_are_told_by_their_number() {
    hub.environment(
        "HUB_API_KEYS",
        "shop:0123456789abcdef:email+paymnts,0123456789abcdeX,crm:short,shop:0123456789abcdeY");

    assertThat(hub.printed())
        .containsExactly(
            "hub.api-keys: HUB_API_KEYS number 1 of 4 has an unknown scope;"
                + " the scopes are payments, email, files, analytics, tokens",
            "hub.api-keys: HUB_API_KEYS number 2 of 4 is not name:key[:scope+scope];"
                + " write name:key or name:key:scope+scope, separated by commas",
            "hub.api-keys: HUB_API_KEYS number 3 of 4 has 5 bytes, fewer than the 16 of"
                + " hub.secrets.min-bytes;"
                + " make one with 'openssl rand -base64 24'",
            "hub.api-keys: HUB_API_KEYS number 4 of 4 has the name of an earlier one;"
                + " write name:key or name:key:scope+scope, separated by commas");
    assertThat(hub.printed().toString()).doesNotContain("0123456789");
  }

  @Test
  void wrong_encryption_keys_are_told_by_their_number_and_not_shown() {
    hub.environment("HUB_ENCRYPTION_KEYS", "new:c2VjcmV0,s3cret");

    assertThat(hub.printed())
        .containsExactly(
            "hub.encryption-keys: HUB_ENCRYPTION_KEYS number 1 of 2 has 6 bytes instead of 32;"
                + " write id:base64, separated by commas, the newest first; make one with"
                + " 'openssl rand -base64 32'",
            "hub.encryption-keys: HUB_ENCRYPTION_KEYS number 2 of 2 is not id:base64;"
                + " write id:base64, separated by commas, the newest first; make one with"
                + " 'openssl rand -base64 32'");
    assertThat(hub.printed().toString()).doesNotContain("c2VjcmV0", "s3cret");
  }

  @Test
  void an_encryption_key_that_anybody_guesses_or_that_is_there_twice_stops_the_start() {
    String zeros = "A".repeat(43) + "=";
    String key = "AB".repeat(21) + "A=";
    hub.environment("HUB_ENCRYPTION_KEYS", "a:" + zeros + ",b:" + key + ",c:" + key);

    assertThat(hub.printed())
        .containsExactly(
            "hub.encryption-keys: HUB_ENCRYPTION_KEYS number 1 of 3 is one byte repeated, which"
                + " anybody can guess; write id:base64, separated by commas, the newest first;"
                + " make one with 'openssl rand -base64 32'",
            "hub.encryption-keys: HUB_ENCRYPTION_KEYS number 3 of 3 is the key of an earlier one"
                + " under another id; write id:base64, separated by commas, the newest first;"
                + " make one with 'openssl rand -base64 32'");
    assertThat(hub.printed().toString()).doesNotContain(zeros, key);
  }

  @Test
  void nodes_that_let_people_log_in_are_told_to_share_their_encryption_keys() {
    settings("hub.database.url = jdbc:postgresql://db/hub\n");
    hub.write(
        "routes/login/providers.yaml",
        """
        company:
          issuer: https://login.example.com
          client-id: "{{GITHUB_CLIENT_ID:}}"
        """);
    assertThat(hub.faults()).as("nobody can log in").isEmpty();
    hub.environment("GITHUB_CLIENT_ID", "Iv1.1");

    assertThat(hub.faults())
        .containsExactly(
            Fault.warning(
                "HUB_ENCRYPTION_KEYS",
                "is not set, so this node makes a key that no other node on the database has",
                "set the same on every node: id:base64, made with 'openssl rand -base64 32'"));

    hub.environment("HUB_ENCRYPTION_KEYS", "a:" + "AB".repeat(21) + "A=");
    assertThat(hub.faults()).isEmpty();
  }

  @Test
  void whoever_cannot_be_told_of_alerts_is_told_without_the_secret_address() {
    hub.environment("HUB_ALERT_EMAIL", "ada@example.com, nobody")
        .environment("HUB_ALERT_SLACK_URL", "hooks.slack.com/services/secret");

    assertThat(hub.printed())
        .containsExactly(
            "HUB_ALERT_EMAIL: HUB_ALERT_EMAIL has 'nobody', which is no address;"
                + " write bare addresses such as ada@example.com, separated by commas",
            "HUB_ALERT_EMAIL: HUB_ALERT_EMAIL is set, but e-mail is not configured;"
                + " set EMAIL_TRANSPORT and what it needs",
            "HUB_ALERT_SLACK_URL: HUB_ALERT_SLACK_URL is no http or https address;"
                + " copy the address of the incoming webhook");
  }

  @Test
  void a_format_of_the_log_that_does_not_exist_is_told() {
    hub.environment("LOG_FORMAT", "jsn");

    assertThat(hub.printed())
        .containsExactly("LOG_FORMAT: 'jsn' is no format of the log; did you mean 'json'?");
  }

  @Test
  void a_short_admin_key_stops_the_start_and_is_not_shown() {
    settings("hub.admin-key = hunter2\n");

    assertThat(hub.faults())
        .containsExactly(
            Fault.error(
                "application.properties:1",
                "hub.admin-key has 7 bytes, fewer than the 16 of hub.secrets.min-bytes",
                "make one with 'openssl rand -base64 24'"));
  }

  @Test
  void a_transport_of_email_is_a_route_of_its_name() {
    for (String name : new String[] {"email-by-smtp", "email-by-postmark"}) {
      hub.route(name, "direct:" + name, "- log:\n    message: sent\n");
    }
    hub.environment("EMAIL_TRANSPORT", "postmrk");

    assertThat(hub.printed())
        .containsExactly(
            "EMAIL_TRANSPORT: EMAIL_TRANSPORT must be one of postmark, smtp; did you mean"
                + " 'postmark'?");

    hub.environment("EMAIL_TRANSPORT", "postmark");
    assertThat(hub.printed()).isEmpty();
  }
}
