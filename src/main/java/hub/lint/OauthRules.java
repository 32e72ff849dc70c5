package hub.lint;

import java.util.Optional;

/** Checks routes that use people's tokens: the login provider exists and the subject is given. */
final class OauthRules {
  private final Project project;
  private final Faults faults;

  OauthRules(Project project, Faults faults) {
    this.project = project;
    this.faults = faults;
  }

  /** Checks an endpoint of a Kamelet. */
  void check(Endpoint endpoint) {
    if (endpoint.name().equals("oauth-token-action")) {
      checkProvider(endpoint, "loginProvider");
      checkProvider(endpoint, "provider");
      return;
    }
    switch (endpoint.value("auth").orElse("")) {
      case "oauth" -> {
        if (endpoint.name().matches("http-api-action|poll-source|catch-up-source")) {
          need(endpoint, "authSubject", "whose token is used");
          checkProvider(endpoint, "loginProvider");
          checkProvider(endpoint, "secret");
        }
      }
      case "client-credentials" -> {
        need(endpoint, "tokenUrl", "the address of the token endpoint");
        need(endpoint, "clientId", "the name of the variable that holds the client id");
        need(endpoint, "clientSecret", "the name of the variable that holds the client secret");
      }
      case "github-app" -> {
        need(endpoint, "appId", "the id of the GitHub App");
        // Below /app it is the app itself that asks.
        if (endpoint.value("path").filter(path -> path.strip().startsWith("/app/")).isEmpty()) {
          need(endpoint, "installationId", "the id of its installation");
        }
        need(endpoint, "privateKey", "the name of the variable that holds the app's private key");
      }
      default -> {
        // needs no token
      }
    }
  }

  private void need(Endpoint endpoint, String parameter, String meaning) {
    if (endpoint.value(parameter).filter(value -> !value.isBlank()).isEmpty()) {
      faults.error(
          endpoint.location(),
          "auth: " + endpoint.value("auth").orElse("") + " needs '" + parameter + "'",
          "write there " + meaning);
    }
  }

  private void checkProvider(Endpoint endpoint, String parameter) {
    Optional<Endpoint.Parameter> written =
        Optional.ofNullable(endpoint.parameters().get(parameter));
    if (written.isPresent()
        && !written.get().value().isBlank()
        && !written.get().value().contains("{")
        && !project.loginProviders().contains(written.get().value())) {
      String name = written.get().value();
      faults.error(
          written.get().location(),
          "there is no login provider '" + name + "'",
          Suggest.nearest(name, project.loginProviders())
              .map(near -> "did you mean '" + near + "'?")
              .orElse("add it to routes/login/providers.yaml"));
    }
  }
}
