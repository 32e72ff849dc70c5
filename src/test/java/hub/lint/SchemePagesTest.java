package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import hub.webhook.scheme.SchemeFiles;
import hub.webhook.verify.Schemes;
import hub.webhook.verify.WebhookScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The pages of senders and of the schemes' language say what is. */
class SchemePagesTest {
  private static final Path DOCS = Path.of("src/docs");
  private static final List<WebhookSource> SHIPPED = WebhookSource.in(Path.of("routes"));
  private static final Pattern ROUTE =
      Pattern.compile("`(routes/\\S+\\.camel\\.yaml)`:\n\n```yaml\n(.*?)```", Pattern.DOTALL);

  static Stream<String> examples() {
    return SchemeExamples.names().stream();
  }

  private static String page(String sender) {
    return SchemePages.page(sender, SHIPPED).text();
  }

  @Test
  void no_page_is_left_of_a_scheme_that_is_gone() throws IOException {
    try (Stream<Path> pages = Files.list(DOCS.resolve(SchemePages.FOLDER))) {
      assertThat(pages.map(page -> page.getFileName().toString().replace(".md", "")))
          .containsExactlyInAnyOrderElementsOf(SchemeFiles.shipped().senders());
    }
  }

  @Test
  void the_route_of_every_page_passes_the_lint_in_four_lines(@TempDir Path root)
      throws IOException {
    HubFolder hub = new HubFolder(root);
    hub.write(
        "routes/kamelets/webhook-source.kamelet.yaml",
        Files.readString(Path.of("src/main/resources/kamelets/webhook-source.kamelet.yaml")));
    List<String> withoutRoute = SHIPPED.stream().map(one -> one.options().scheme()).toList();
    for (String sender : SchemeFiles.shipped().senders()) {
      Matcher route = ROUTE.matcher(page(sender));
      assertThat(route.find()).as(sender).isNotEqualTo(withoutRoute.contains(sender));
      if (!withoutRoute.contains(sender)) {
        assertThat(route.group(2).lines()).as(sender).hasSize(4);
        hub.write(route.group(1), route.group(2));
        setVariables(hub, sender);
      }
    }

    assertThat(hub.printed()).isEmpty();
  }

  private static void setVariables(HubFolder hub, String sender) {
    Schemes schemes = new Schemes(SchemeFiles.shipped());
    WebhookScheme scheme = schemes.named(sender).orElseThrow();
    hub.environment(
        scheme.variable(),
        switch (scheme.secret().kind()) {
          case USER_AND_PASSWORD -> "user:a-password-of-sixteen";
          case BASE64 -> "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
          case HEX -> "0123456789abcdef".repeat(4);
          case TEXT -> "a-secret-of-more-than-sixteen-bytes";
          case NONE -> publicKey(scheme.signed().algorithm());
        });
    schemes.furtherVariables(sender).forEach(name -> hub.environment(name, "a-value"));
  }

  private static String publicKey(String algorithm) {
    return algorithm.equals("ed25519")
        ? "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        : "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47"
            + "n60p8D54WK84zV2sxXs7LtkBoN79R9Q==";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "stripe#The hub ships this source, `routes/stripe/stripe-webhook.camel.yaml`. Set `STRIPE_WEBHOOK_SECRET`.",
        "stripe#each `v1=…` in header `Stripe-Signature`, a list separated by `,`",
        "stripe#in the same list `t`, seconds since 1970, at most 300 s from now",
        "stripe#| variable `livemode` | `$.livemode` |",
        "recurly#parts `1+` of header `recurly-signature`, a list separated by `,` and counted from 0",
        "gitlab-signed#`GITLAB_SIGNING_TOKEN`, base64, with or without `whsec_`; at least 32 bytes",
        "slack#`command` where there is form field `command`, else always `form`",
        "slack#A form is answered without a body.",
        "mailchimp#Give the sender the address `/api/webhooks/mailchimp?secret=SECRET`",
        "mailgun#| good once | `$.signature.token`;",
        "braintree#; its SHA-1 is the key",
        "aws-sns#RSA with SHA-256 where `$.SignatureVersion` is `2`, else RSA with SHA-1",
        "aws-sns#fetched from the address in `$.SigningCertURL`, at `sns.us-*.amazonaws.com` or",
        "aws-sns#Only the sender can sign",
        "google-pubsub#`aud` is the value of `GOOGLE_PUBSUB_AUDIENCE`",
        "google-pubsub#the token alone, not the body",
        "vonage#the token; the token's claim `payload_hash` is the body's SHA-256",
        "vonage#A request without its proof is answered 503.",
        "twilio#Where query parameter `bodySHA256` has a value, and query parameter `bodySHA256` is the body's SHA-256:",
        "twilio#A stored event is answered 200 with `<Response></Response>` (`text/xml`)",
        "meta#It must show: query parameter `hub.verify_token` is the value of `META_VERIFY_TOKEN`.",
        "dropbox#Anybody may ask, and gets back what he asked.",
        "x#Anybody may ask; only a text is signed that no body can be.",
        "zoom#- `POST` where `$.event` is `endpoint.url_validation`: 200 with",
        "hubspot#each of `$[*]`, from which what begins with `$` is read; all are stored in one commit",
        "discord#openssl genpkey -algorithm ed25519 -out sender.pem",
        "discord#send discord APPLICATION_AUTHORIZED --private-key sender.pem",
        "sendgrid#-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
        "telegram#always `update`",
        "chargebee#`CHARGEBEE_WEBHOOK_SECRET`, as `user:password`",
        "linear#There are samples of `Issue.create`",
      })
  void a_page_says(String sender, String words) {
    assertThat(page(sender)).contains(words);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void an_example_is_a_scheme_without_faults(String name) throws IOException {
    String content = Files.readString(SchemeExamples.file(DOCS, name));

    assertThat(SchemeFiles.faultsOf(name, content)).isEmpty();
    assertThat(SchemeReference.page(DOCS)).contains("```yaml\n" + content + "```");
  }

  @Test
  void receiving_shows_one_of_the_examples() throws IOException {
    String receiving = Files.readString(DOCS.resolve("receiving.md"));
    Matcher shown =
        Pattern.compile(
                "`routes/schemes/(\\S+)\\.scheme\\.yaml`[^`]*```yaml\n(.*?)```", Pattern.DOTALL)
            .matcher(receiving);

    assertThat(shown.find()).isTrue();
    assertThat(shown.group(2))
        .isEqualTo(Files.readString(SchemeExamples.file(DOCS, shown.group(1))));
  }

  @Test
  void readme_counts_the_senders() throws IOException {
    assertThat(Files.readString(Path.of("README.md")))
        .contains(SchemeFiles.shipped().senders().size() + " senders");
  }

  @Test
  void the_sources_that_are_shipped_have_the_variable_of_their_scheme() {
    Schemes schemes = new Schemes(SchemeFiles.shipped());

    assertThat(SHIPPED)
        .filteredOn(source -> !source.name().equals("example"))
        .hasSize(9)
        .allSatisfy(
            source ->
                // Without a name of its own it is the scheme's.
                assertThat(schemes.named(source.options().scheme()).map(WebhookScheme::variable))
                    .hasValueSatisfying(
                        variable -> assertThat(source.secrets()).isIn("", variable)));
  }
}
