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
    } else if (endpoint.name().matches("http-api-action|poll-source")
        && endpoint.value("auth").filter("oauth"::equals).isPresent()) {
      need(endpoint, "authSubject", "whose token is used");
      checkProvider(endpoint, "loginProvider");
      checkProvider(endpoint, "secret");
    }
  }

  private void need(Endpoint endpoint, String parameter, String meaning) {
    if (endpoint.value(parameter).filter(value -> !value.isBlank()).isEmpty()) {
      faults.error(
          endpoint.location(), "auth: oauth needs '" + parameter + "'", "write there " + meaning);
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
