package hub.cli;

import hub.cli.SourceReport.Line;
import hub.cli.SourceReport.Verdict;
import hub.identity.login.LoginIssuers;
import hub.util.Json;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * One harmless request to a provider.
 *
 * @param name of the provider, for people
 * @param variable that holds the key, or says where the provider is
 * @param alsoRight whether an answer that is no 2xx shows that the key is right all the same
 * @param fault what is wrong with the body of a 2xx; empty: nothing
 */
record HttpProbe(
    String name,
    String variable,
    HttpRequest.Builder request,
    Predicate<HttpResponse<String>> alsoRight,
    Function<String, Optional<String>> fault) {
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int TOO_MANY = 429;
  private static final int SERVER_ERROR = 500;

  /**
   * A request for the discovery document of a login provider, which must name its issuer.
   *
   * @param issuer as it is configured
   */
  static HttpProbe ofDiscovery(String name, String issuer, HttpRequest.Builder request) {
    return new HttpProbe(
        "login " + name,
        "issuer " + issuer,
        request,
        answer -> false,
        body -> discoveryFault(body, issuer));
  }

  HttpProbe(
      String name,
      String variable,
      HttpRequest.Builder request,
      Predicate<HttpResponse<String>> alsoRight) {
    this(name, variable, request, alsoRight, body -> Optional.empty());
  }

  private static Optional<String> discoveryFault(String body, String issuer) {
    String named =
        Json.parse(body.getBytes(StandardCharsets.UTF_8))
            .map(json -> json.path("issuer").asText())
            .orElse("");
    return LoginIssuers.isOf(named, issuer)
        ? Optional.empty()
        : Optional.of(
            named.isEmpty()
                ? "its discovery document names no issuer; correct issuer in providers.yaml"
                : "its discovery document names another issuer; write issuer: "
                    + Terminal.plain(named)
                    + " in providers.yaml");
  }

  /**
   * @throws CommandFailedException when the address is none
   */
  static HttpRequest.Builder request(String address) {
    try {
      return HttpRequest.newBuilder(URI.create(address)).header("User-Agent", Cli.NAME);
    } catch (IllegalArgumentException e) {
      throw CommandFailedException.failed("'" + address + "' is no http or https address");
    }
  }

  HttpProbe with(HttpRequest.Builder other) {
    return new HttpProbe(name, variable, other, alsoRight, fault);
  }

  /** Asks, and lets the answer's time into {@code skew}. */
  Line ask(ClockSkew skew) {
    HttpResponse<String> answer;
    try {
      long begun = System.nanoTime();
      answer = CliHttp.send(request.build());
      skew.saw(answer.headers(), System.nanoTime() - begun);
    } catch (CommandFailedException e) {
      return new Line(Verdict.FAIL, name + ": no answer; check network, proxy and " + variable);
    }
    int status = answer.statusCode();
    if (status < 300 || alsoRight.test(answer)) {
      return fault
          .apply(answer.body())
          .map(text -> new Line(Verdict.FAIL, name + ": " + text))
          .orElseGet(() -> new Line(Verdict.OK, name + ": answers as it should"));
    }
    return switch (status) {
      case UNAUTHORIZED, FORBIDDEN ->
          new Line(
              Verdict.FAIL,
              "%s: refuses the key (HTTP %d); copy it anew into %s"
                  .formatted(name, status, variable));
      case NOT_FOUND ->
          new Line(
              Verdict.FAIL,
              name + ": nothing is at this address (HTTP 404); check where the API is configured");
      case TOO_MANY ->
          new Line(Verdict.WARN, name + ": limits the calls now (HTTP 429); try again later");
      default ->
          new Line(
              Verdict.FAIL,
              "%s: %s (HTTP %d); %s"
                  .formatted(
                      name,
                      status >= SERVER_ERROR ? "is in trouble" : "gives an unexpected answer",
                      status,
                      status >= SERVER_ERROR ? "try again later" : "check " + variable));
    };
  }
}
