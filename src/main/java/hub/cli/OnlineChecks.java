package hub.cli;

import com.fasterxml.jackson.databind.node.TextNode;
import hub.cli.SourceReport.Line;
import hub.cli.SourceReport.Verdict;
import hub.config.Probe;
import hub.config.Setting;
import hub.config.Settings;
import hub.config.Variable;
import hub.config.Variables;
import hub.identity.login.LoginIssuers;
import hub.provider.email.SmtpProbe;
import hub.provider.files.BucketProbe;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks each configured provider once, with a request that changes nothing there, and compares the
 * clock with theirs. Lines never show a secret.
 *
 * @param routesDir with {@code login/providers.yaml} and the declared variables
 */
record OnlineChecks(Settings settings, Path routesDir, Clock clock) {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([^{}:]+)}}");

  /** Says that no header carries the secret. */
  private static final String NONE = "none";

  List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    ClockSkew skew = new ClockSkew(clock);
    for (HttpProbe probe : probes()) {
      lines.add(probe.ask(skew));
    }
    transport("smtp", "SMTP_URL")
        .ifPresent(url -> lines.add(line("e-mail by smtp", SmtpProbe.fault(settings))));
    if (BucketProbe.isConfigured(settings)) {
      lines.add(line("s3", BucketProbe.fault(settings)));
    }
    if (lines.isEmpty()) {
      return List.of(new Line(Verdict.OK, "providers: none is configured, so none was asked"));
    }
    lines.add(skew.line());
    return lines;
  }

  private static Line line(String name, Optional<String> fault) {
    return fault
        .map(text -> new Line(Verdict.FAIL, name + ": " + text))
        .orElseGet(() -> new Line(Verdict.OK, name + ": answers as it should"));
  }

  private List<HttpProbe> probes() {
    List<HttpProbe> probes = new ArrayList<>();
    Variables variables = Variables.of(Optional.of(routesDir));
    for (Variable variable : variables.all()) {
      variable
          .probe()
          .filter(probe -> isMeant(probe, variables))
          .flatMap(
              probe -> named(variable.key()).map(key -> probe(variable, probe, key, variables)))
          .ifPresent(probes::add);
    }
    LoginIssuers.of(routesDir, settings)
        .forEach(
            (name, issuer) ->
                probes.add(
                    HttpProbe.ofDiscovery(
                        name,
                        issuer,
                        limited(
                            HttpProbe.request(
                                issuer.replaceFirst("/+$", "")
                                    + "/.well-known/openid-configuration")))));
    return probes.stream().map(probe -> probe.with(limited(probe.request()))).toList();
  }

  private Optional<String> named(String name) {
    return settings.named(name).map(String::strip);
  }

  /** The value of a variable that this way of sending e-mail needs; empty for another way. */
  private Optional<String> transport(String transport, String variable) {
    return named("EMAIL_TRANSPORT").filter(transport::equals).flatMap(chosen -> named(variable));
  }

  private boolean isMeant(Probe probe, Variables variables) {
    return probe.when().entrySet().stream()
        .allMatch(entry -> value(entry.getKey(), variables).equals(entry.getValue()));
  }

  private HttpProbe probe(Variable variable, Probe probe, String key, Variables variables) {
    HttpRequest.Builder request =
        HttpProbe.request(
            filled(probe.address(), name -> value(name, variables).replaceFirst("/+$", "")));
    if (probe.header().isEmpty()) {
      request.header("Authorization", "Bearer " + key);
    } else if (!probe.header().equals(NONE)) {
      request.header(probe.header(), key);
    }
    if (!probe.body().isEmpty()) {
      String body = filled(probe.body(), name -> inJson(value(name, variables)));
      request.header("Content-Type", "application/json").POST(BodyPublishers.ofString(body));
    }
    return new HttpProbe(
        probe.name(),
        variable.key(),
        request,
        answer ->
            probe.right().contains(answer.statusCode())
                || (!probe.rightText().isEmpty() && answer.body().contains(probe.rightText())));
  }

  private String value(String name, Variables variables) {
    return variables.find(name).map(settings::text).orElseGet(() -> named(name).orElse(""));
  }

  private static String filled(String text, UnaryOperator<String> value) {
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(value.apply(found.group(1))));
  }

  /** Within the quotes of a text. */
  private static String inJson(String text) {
    String quoted = TextNode.valueOf(text).toString();
    return quoted.substring(1, quoted.length() - 1);
  }

  /** Waits no longer than a call of the hub. */
  private HttpRequest.Builder limited(HttpRequest.Builder request) {
    return request.timeout(Duration.ofSeconds(settings.count(Setting.CALL_ATTEMPT_SECONDS)));
  }
}
