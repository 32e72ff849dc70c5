package hub.identity.login;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import hub.config.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Reads {@code login/providers.yaml} of the routes folder. */
final class ProvidersFile {
  private static final List<String> OPENID_SCOPES = List.of("openid", "profile", "email");

  private ProvidersFile() {}

  /**
   * The providers by name, in the order of the file; empty when there is no file.
   *
   * @throws IllegalArgumentException for the first fault; the lint reports all
   */
  static Map<String, LoginProvider> read(Path file, Settings settings) {
    Map<String, LoginProvider> providers = new LinkedHashMap<>();
    if (Files.isRegularFile(file)) {
      try {
        JsonNode tree = new YAMLMapper().readTree(Files.readString(file));
        tree.properties()
            .forEach(
                entry ->
                    providers.put(
                        entry.getKey(), provider(entry.getKey(), entry.getValue(), settings)));
      } catch (IOException e) {
        throw new UncheckedIOException(file + " cannot be read", e);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
      }
    }
    return providers;
  }

  private static LoginProvider provider(String name, JsonNode written, Settings settings) {
    refuse(name, ProviderSchema.nameComplaint(name));
    Map<ProviderField, List<String>> values = new EnumMap<>(ProviderField.class);
    Map<String, String> parameters = new LinkedHashMap<>();
    Set<String> missing = new TreeSet<>();
    written
        .properties()
        .forEach(
            entry -> {
              ProviderField field =
                  ProviderField.of(entry.getKey())
                      .orElseThrow(
                          () ->
                              new IllegalArgumentException(
                                  name + " has an unknown key '" + entry.getKey() + "'"));
              if (field.kind() == ProviderField.Kind.MAP) {
                entry
                    .getValue()
                    .properties()
                    .forEach(
                        parameter ->
                            parameters.put(
                                parameter.getKey(),
                                resolve(parameter.getValue().asText(), settings, missing)));
              } else {
                values.put(field, texts(name, field, entry.getValue(), settings, missing));
              }
            });
    ProviderSchema.complaints(values.keySet()).stream()
        .findFirst()
        .ifPresent(complaint -> refuse(name, Optional.of(complaint)));
    boolean openId = values.containsKey(ProviderField.ISSUER);
    return new LoginProvider(
        name,
        one(values, ProviderField.TITLE).orElse(name),
        one(values, ProviderField.ISSUER),
        url(values, ProviderField.AUTHORIZE_URL),
        url(values, ProviderField.TOKEN_URL),
        url(values, ProviderField.USER_INFO_URL),
        url(values, ProviderField.EMAILS_URL).or(() -> emailsUrl(values)),
        url(values, ProviderField.REVOCATION_URL),
        words(values.getOrDefault(ProviderField.SCOPES, openId ? OPENID_SCOPES : List.of())),
        one(values, ProviderField.CLIENT_ID).orElse(""),
        () -> secret(written, settings),
        one(values, ProviderField.PKCE).map(Boolean::valueOf).orElse(true),
        one(values, ProviderField.NONCE).map(Boolean::valueOf).orElse(true),
        one(values, ProviderField.CLIENT_AUTH).map(ProviderField::clientAuth),
        new ClaimPaths(values.getOrDefault(ProviderField.TENANT, List.of())),
        new ClaimPaths(values.getOrDefault(ProviderField.SUBJECT, List.of("$.sub"))),
        new ClaimPaths(values.getOrDefault(ProviderField.NAME, List.of("$.name"))),
        new ClaimPaths(values.getOrDefault(ProviderField.EMAIL, List.of())),
        parameters,
        one(values, ProviderField.REFRESH_WITHIN_DAYS).map(Long::valueOf).map(Duration::ofDays),
        List.copyOf(missing));
  }

  private static Optional<String> secret(JsonNode written, Settings settings) {
    return Optional.of(
            resolve(
                written.path(ProviderField.CLIENT_SECRET.key()).asText(),
                settings,
                new TreeSet<>()))
        .filter(text -> !text.isEmpty());
  }

  private static List<String> texts(
      String name, ProviderField field, JsonNode value, Settings settings, Set<String> missing) {
    List<String> texts = new ArrayList<>();
    for (JsonNode one : value.isArray() ? value : List.of(value)) {
      String text = resolve(one.asText(), settings, missing);
      if (!text.isEmpty()) {
        refuse(name, field.complaint(text).map(complaint -> field.key() + " " + complaint));
        texts.add(text);
      }
    }
    return texts;
  }

  private static String resolve(String written, Settings settings, Set<String> missing) {
    Placeholders resolved = Placeholders.resolve(written, settings);
    missing.addAll(resolved.unset());
    return resolved.unset().isEmpty() ? resolved.text() : "";
  }

  private static List<String> words(List<String> texts) {
    return texts.stream().flatMap(text -> Arrays.stream(text.split(" +"))).distinct().toList();
  }

  private static Optional<String> one(
      Map<ProviderField, List<String>> values, ProviderField field) {
    return values.getOrDefault(field, List.of()).stream().findFirst();
  }

  private static Optional<URI> url(Map<ProviderField, List<String>> values, ProviderField field) {
    return one(values, field).map(URI::create);
  }

  /** GitHub's URL of the e-mail addresses, which needs the scope {@code user:email}. */
  private static Optional<URI> emailsUrl(Map<ProviderField, List<String>> values) {
    return words(values.getOrDefault(ProviderField.SCOPES, List.of())).contains("user:email")
            && !values.containsKey(ProviderField.EMAIL)
        ? one(values, ProviderField.USER_INFO_URL).map(url -> URI.create(url + "/emails"))
        : Optional.empty();
  }

  private static void refuse(String name, Optional<String> complaint) {
    if (complaint.isPresent()) {
      throw new IllegalArgumentException(name + ": " + complaint.get());
    }
  }
}
