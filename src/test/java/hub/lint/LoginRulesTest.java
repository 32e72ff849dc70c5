package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoginRulesTest {
  @TempDir Path root;
  HubFolder hub;

  @BeforeEach
  void open() {
    hub = new HubFolder(root);
  }

  private List<String> faults(String yaml) {
    return hub.write("routes/login/providers.yaml", yaml).printed().stream()
        .map(fault -> fault.replaceFirst("^routes/login/providers.yaml:?", ""))
        .toList();
  }

  @Test
  void all_faults_are_told_at_once_with_line_and_remedy() {
    assertThat(
            faults(
                """
                Company:
                  issuer: https://id.example.com
                  client-id: a
                callback:
                  isuer: https://id.example.com
                  client-id: a
                plain:
                  authorize-url: https://id.example.com/authorize
                  token-url: http://id.example.com/token
                  subject: id
                both:
                  issuer: https://id.example.com?a=b
                  token-url: https://id.example.com/token
                  client-id: {{BOTH_ID:}}
                  authorize-parameters:
                    state: x
                empty:
                """))
        .containsExactly(
            "1: the provider's name 'Company' is not 1 to 40 small letters, digits and hyphens, as"
                + " in a path; call it otherwise",
            "4: the provider's name 'callback' is a path of the hub's own; call it otherwise",
            "4: 'callback' has neither an issuer nor authorize-url, token-url, user-info-url; "
                + BELONGS,
            "5: unknown key 'isuer' of a login provider; did you mean 'issuer'?",
            "7: 'plain' has no client-id; " + BELONGS,
            "7: 'plain' has no issuer and no user-info-url; " + BELONGS,
            "9: token-url must be an https address (http on this machine alone)",
            "10: subject must be a JSONPath, which starts with $",
            "11: 'both' has an issuer, which tells the token-url; " + BELONGS,
            "12: issuer must have no user, fragment or query",
            "14: a key is a list or a map; quote it if it starts with [ or {",
            "14: client-id is not a text; put it in quotes, as in \"{{NAME:}}\"",
            "16: the hub itself sets the parameter 'state'; delete the line",
            "17: 'empty' is not a map; indent what belongs to it by two more");
  }

  @Test
  void a_file_of_nobody_or_under_another_name_is_told() {
    hub.write("routes/login/provider.yaml", "company:\n  issuer: https://id.example.com\n");

    assertThat(faults("{}\n"))
        .containsExactly(
            "routes/login/provider.yaml: is neither a route nor a Kamelet and is not read;"
                + " login providers are read from routes/login/providers.yaml; move it elsewhere"
                + " otherwise",
            "1: names no provider; name one, or remove the file");
  }

  private static final String BELONGS =
      "a provider has issuer, or authorize-url, token-url, user-info-url and subject; and"
          + " client-id";

  @Test
  void what_is_right_has_no_faults_whether_its_variables_are_set_or_not() {
    hub.environment("SET_ID", "the-id").environment("SET_ISSUER", "https://id.example.com");

    assertThat(
            faults(
                """
                company:
                  title: Our company
                  issuer: "{{SET_ISSUER}}"
                  scopes: [openid, email]
                  client-id: "{{SET_ID}}"
                  client-secret: "{{UNSET_SECRET}}"
                other:
                  issuer: "https://login.example.com/{{UNSET_TENANT:}}/v2.0"
                  client-id: "{{UNSET_ID:}}"
                here:
                  authorize-url: http://localhost:9000/authorize
                  token-url: http://127.0.0.1:9000/token
                  user-info-url: http://[::1]:9000/me
                  emails-url: https://id.example.com/emails
                  revocation-url: https://id.example.com/revoke
                  scopes: read write
                  client-id: "7"
                  subject: $.id
                  name: [$.name, $.login]
                  email: $.mail
                  authorize-parameters: {prompt: consent}
                  pkce: false
                  nonce: "false"
                  client-auth: post
                  tenant: [$.org.id, "$['https://id.example.com/team']"]
                """))
        .isEmpty();
  }

  @Test
  void what_is_neither_on_nor_off_nor_a_way_to_show_a_secret_is_told() {
    assertThat(
            faults(
                """
                company:
                  issuer: https://id.example.com
                  client-id: a
                  pkce: no
                  nonce: maybe
                  client-auth: form
                  tenant: org
                  client-aut: post
                """))
        .containsExactly(
            "4: pkce must be true or false",
            "5: nonce must be true or false",
            "6: client-auth must be basic (a header) or post (the form)",
            "7: tenant must be a JSONPath, which starts with $",
            "8: unknown key 'client-aut' of a login provider; did you mean 'client-auth'?");
  }

  @Test
  void a_variable_with_a_wrong_value_is_told() {
    hub.environment("SET_ISSUER", "http://id.example.com");

    assertThat(faults("company:\n  issuer: \"{{SET_ISSUER}}\"\n  client-id: a\n"))
        .containsExactly("2: issuer must be an https address (http on this machine alone)");
  }

  @Test
  void a_secret_in_the_file_is_a_warning_and_is_not_shown() {
    List<Fault> found =
        hub.write(
                "routes/login/providers.yaml",
                "company:\n  issuer: https://id.example.com\n  client-id: a\n  client-secret: hush\n")
            .faults();

    assertThat(found).singleElement().extracting(Fault::level).isEqualTo(Fault.Level.WARNING);
    assertThat(found.toString()).doesNotContain("hush");
  }

  @Test
  void providers_that_are_all_commented_out_are_none() {
    assertThat(faults("# company:\n#   issuer: https://id.example.com\n\n")).isEmpty();
  }
}
