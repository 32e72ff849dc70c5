package hub.lint;

import hub.config.Settings;
import hub.identity.login.Placeholders;
import hub.identity.login.ProviderField;
import hub.identity.login.ProviderSchema;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Checks {@code login/providers.yaml}: known keys that go together, types of values. A variable
 * that is not set is no fault: that provider is not configured.
 */
final class LoginRules {
  private final Settings settings;
  private final Faults faults;

  LoginRules(Settings settings, Faults faults) {
    this.settings = settings;
    this.faults = faults;
  }

  void check(YamlTree tree) {
    if (!tree.isMap()) {
      faults.error(
          tree.location(),
          "is not a map of providers",
          "write a provider's name and what it needs");
    } else if (tree.entries().isEmpty()) {
      faults.warning(tree.location(), "names no provider", "name one, or remove the file");
    }
    for (YamlTree.Entry provider : tree.entries()) {
      ProviderSchema.nameComplaint(provider.key())
          .ifPresent(
              complaint ->
                  faults.error(
                      provider.location(),
                      "the provider's name " + complaint,
                      "call it otherwise"));
      if (provider.value().isMap()) {
        check(provider);
      } else {
        faults.error(
            provider.location(),
            "'" + provider.key() + "' is not a map",
            "indent what belongs to it by two more");
      }
    }
  }

  private void check(YamlTree.Entry provider) {
    Set<ProviderField> given = EnumSet.noneOf(ProviderField.class);
    for (YamlTree.Entry entry : provider.value().entries()) {
      Optional<ProviderField> field = ProviderField.of(entry.key());
      if (field.isEmpty()) {
        faults.error(
            entry.location(),
            "unknown key '" + entry.key() + "' of a login provider",
            Suggest.remedy(entry.key(), ProviderField.keys()));
        continue;
      }
      given.add(field.get());
      switch (field.get().kind()) {
        case MAP -> checkParameters(field.get(), entry);
        case WORDS, PATHS -> {
          List<YamlTree> values =
              entry.value().isList() ? entry.value().items() : List.of(entry.value());
          values.forEach(value -> checkText(field.get(), value, entry));
        }
        case TEXT, URL, SWITCH, WAY, DAYS -> checkText(field.get(), entry.value(), entry);
      }
    }
    ProviderSchema.complaints(given)
        .forEach(
            complaint ->
                faults.error(
                    provider.location(),
                    "'" + provider.key() + "' " + complaint,
                    "a provider has issuer, or authorize-url, token-url, user-info-url and subject;"
                        + " and client-id"));
  }

  private void checkParameters(ProviderField field, YamlTree.Entry entry) {
    if (!entry.value().isMap()) {
      faults.error(entry.location(), entry.key() + " is not a map", "write a name and a text each");
    }
    for (YamlTree.Entry parameter : entry.value().entries()) {
      if (ProviderField.isOwnParameter(parameter.key())) {
        faults.error(
            parameter.location(),
            "the hub itself sets the parameter '" + parameter.key() + "'",
            "delete the line");
      } else {
        checkText(field, parameter.value(), parameter);
      }
    }
  }

  private void checkText(ProviderField field, YamlTree value, YamlTree.Entry entry) {
    if (!value.isText()) {
      faults.error(
          entry.location(),
          entry.key() + (value.isEmpty() ? " is empty" : " is not a text"),
          value.isEmpty()
              ? "write its value, or delete the line"
              : "put it in quotes, as in \"{{NAME:}}\"");
      return;
    }
    Placeholders resolved = Placeholders.resolve(value.text(), settings);
    if (!resolved.unset().isEmpty()) {
      return;
    }
    if (resolved.text().isEmpty()) {
      faults.error(
          value.location(), entry.key() + " is empty", "write its value, or delete the line");
      return;
    }
    field
        .complaint(resolved.text())
        .ifPresent(complaint -> faults.error(value.location(), entry.key() + " " + complaint, ""));
    if (field == ProviderField.CLIENT_SECRET && resolved.text().equals(value.text().strip())) {
      faults.warning(
          value.location(),
          "a client secret stands in a file of routes",
          "write \"{{NAME:}}\" and set the variable of that name");
    }
  }
}
