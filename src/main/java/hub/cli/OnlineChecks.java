package hub.cli;

import hub.cli.SourceReport.Line;
import hub.cli.SourceReport.Verdict;
import hub.config.Setting;
import hub.config.Settings;
import hub.identity.login.LoginIssuers;
import hub.provider.email.SmtpProbe;
import hub.provider.files.BucketProbe;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Asks each configured provider once, with a request that changes nothing there, and compares the
 * clock with theirs. Lines never show a secret.
 *
 * @param routesDir with {@code login/providers.yaml}
 */
record OnlineChecks(Settings settings, Path routesDir, Clock clock) {

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
    named("STRIPE_SECRET_KEY")
        .ifPresent(
            key ->
                probes.add(
                    new HttpProbe(
                        "stripe",
                        "STRIPE_SECRET_KEY",
                        bearer(
                            base("STRIPE_API_BASE", "https://api.stripe.com"), "/v1/balance", key),
                        // A restricted key that may not read the balance is a right key.
                        answer -> answer.statusCode() == 403)));
    transport("resend", "RESEND_API_KEY")
        .ifPresent(
            key ->
                probes.add(
                    new HttpProbe(
                        "e-mail by resend",
                        "RESEND_API_KEY",
                        bearer(base("RESEND_API_BASE", "https://api.resend.com"), "/domains", key),
                        // A key that may only send is a right key.
                        answer -> answer.body().contains("restricted_api_key"))));
    transport("sendgrid", "SENDGRID_API_KEY")
        .ifPresent(
            key ->
                probes.add(
                    new HttpProbe(
                        "e-mail by sendgrid",
                        "SENDGRID_API_KEY",
                        bearer(
                            base("SENDGRID_API_BASE", "https://api.sendgrid.com"),
                            "/v3/scopes",
                            key),
                        answer -> false)));
    named("POSTHOG_API_KEY")
        .ifPresent(
            key ->
                probes.add(
                    new HttpProbe(
                        "posthog",
                        "POSTHOG_API_KEY",
                        AnalyticsRequests.posthog(
                            base("POSTHOG_HOST", "https://us.i.posthog.com"), key),
                        answer -> false)));
    named("MIXPANEL_TOKEN")
        .ifPresent(
            token ->
                probes.add(
                    new HttpProbe(
                        "mixpanel (which does not tell whether the token is right)",
                        "MIXPANEL_TOKEN",
                        AnalyticsRequests.mixpanel(
                            base("MIXPANEL_HOST", "https://api.mixpanel.com")),
                        answer -> answer.statusCode() == 400)));
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

  private String base(String name, String usual) {
    return named(name).orElse(usual).replaceFirst("/+$", "");
  }

  private static HttpRequest.Builder bearer(String base, String path, String key) {
    return HttpProbe.request(base + path).header("Authorization", "Bearer " + key);
  }

  /** Waits no longer than a call of the hub. */
  private HttpRequest.Builder limited(HttpRequest.Builder request) {
    return request.timeout(Duration.ofSeconds(settings.count(Setting.CALL_ATTEMPT_SECONDS)));
  }
}
