package hub.call.http;

import hub.call.policy.Call;
import hub.call.policy.Credentials;
import hub.call.policy.Providers;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.apache.camel.support.CamelContextHelper;

/**
 * What a call shows to an API to say who calls: the parameter {@code auth} and those that belong to
 * it. Thread-safe once started.
 */
final class CallCredentials {
  private Credentials kind = Credentials.NONE;
  private String headerName = "";
  private String secret = "";
  private String loginProvider = "";
  private UrlTemplate subject = new UrlTemplate("");
  private final ApplicationGrant application = new ApplicationGrant();

  /**
   * Checks that the parameters are complete.
   *
   * @param isHostOfVariables whether a message says the API's host
   * @throws IllegalArgumentException naming all that are missing
   */
  void require(boolean isHostOfVariables) {
    if (kind.isApplication()) {
      application.require(kind);
    }
    if (kind == Credentials.GITHUB_APP && isHostOfVariables) {
      throw new IllegalArgumentException(
          "auth: github-app asks the API itself for its token, so 'baseUrl' cannot have its host"
              + " from a variable; write the host");
    }
  }

  /** Whether the hub itself gets a token, which can be renewed. */
  boolean isApplication() {
    return kind.isApplication();
  }

  /**
   * The header with the credentials.
   *
   * @param apiBase the API's address before the path
   * @param refused its value that the API has refused with 401; empty at first
   */
  Optional<Map.Entry<String, String>> header(
      Exchange exchange, Supplier<String> apiBase, Optional<String> refused) throws IOException {
    if (kind == Credentials.NONE) {
      return Optional.empty();
    }
    if (kind.isApplication()) {
      return Optional.of(kind.header("", applicationToken(exchange, apiBase, refused)));
    }
    if (kind == Credentials.OAUTH) {
      return Optional.of(kind.header("", personsToken(exchange)));
    }
    return providers(exchange)
        .settings()
        .named(secret)
        .map(value -> kind.header(headerName, value.strip()));
  }

  private String personsToken(Exchange exchange) throws IOException {
    AccessTokens tokens = exchange.getContext().getRegistry().findSingleByType(AccessTokens.class);
    if (tokens == null) {
      throw new IllegalStateException("auth: oauth needs a login provider, and none is configured");
    }
    return tokens.accessToken(
        loginProvider, subject.plain(name -> UrlTemplate.value(exchange, name)));
  }

  private String applicationToken(
      Exchange exchange, Supplier<String> apiBase, Optional<String> refused) throws IOException {
    if (HttpStub.isIn(exchange.getContext())) {
      return "token-of-a-test";
    }
    BoundedHttpClient http =
        CamelContextHelper.mandatoryLookup(
            exchange.getContext(), BoundedHttpClient.BEAN, BoundedHttpClient.class);
    ApplicationGrant.Context asked =
        new ApplicationGrant.Context(
            http,
            providers(exchange).settings(),
            http.clock(),
            Call.of(exchange).map(call -> call.provider().name()).orElse("the provider"),
            apiBase.get(),
            name -> UrlTemplate.value(exchange, name),
            Call.timeLeft(exchange));
    return CamelContextHelper.mandatoryLookup(
            exchange.getContext(), ApplicationTokens.BEAN, ApplicationTokens.class)
        .token(
            kind.text(),
            application.key(kind, asked),
            refused.map(header -> header.substring(header.indexOf(' ') + 1)),
            asked.within(),
            () -> application.issue(kind, asked));
  }

  private static Providers providers(Exchange exchange) {
    return CamelContextHelper.mandatoryLookup(
        exchange.getContext(), Providers.BEAN, Providers.class);
  }

  void setKind(String auth) {
    this.kind = Credentials.of(auth);
  }

  /** Name of the header for {@code auth: header}. */
  void setHeaderName(String name) {
    this.headerName = name;
  }

  /** Name of the property or variable with the secret. */
  void setSecret(String name) {
    this.secret = name;
  }

  /** For {@code oauth}: the login provider whose token is used. */
  void setLoginProvider(String name) {
    this.loginProvider = name.strip();
  }

  /** For {@code oauth}: the provider's id of the person. */
  void setSubject(String template) {
    this.subject = new UrlTemplate(template);
  }

  /** The parameters of {@code client-credentials} and {@code github-app}. */
  ApplicationGrant application() {
    return application;
  }
}
