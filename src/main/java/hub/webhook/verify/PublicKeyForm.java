package hub.webhook.verify;

import java.util.List;

/**
 * Where the keys are that confirm a sender's signatures.
 *
 * @param variable name of the property or variable with the keys, comma-separated: PEM, base64 or
 *     hexadecimal; empty: they are fetched
 * @param where where a person finds the key at the sender
 * @param url template of the address of a JSON Web Key Set or of a PEM certificate; empty: the keys
 *     are configured
 * @param hosts what the address's host must be, where a request says the address; {@code *} stands
 *     for one label or a part of one
 */
public record PublicKeyForm(String variable, String where, String url, List<String> hosts) {
  static final PublicKeyForm NONE = new PublicKeyForm("", "", "", List.of());

  public PublicKeyForm {
    hosts = List.copyOf(hosts);
  }

  /** Whether the address is made of what a request says. */
  boolean isSaidByRequest() {
    // {{NAME}} is the value of a variable.
    return Template.placeholders(url).stream().anyMatch(name -> !name.startsWith("{"));
  }
}
