package hub.cli;

import hub.config.Settings;
import hub.lint.WebhookSource;
import hub.webhook.verify.SchemeOptions;
import hub.webhook.verify.Schemes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the source that a webhook is signed for. */
final class SendSource {
  /** The setting that opens sources without a route. */
  private static final String SOURCES = "hub.sources";

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_-]*");

  private final CliContext cliContext;
  private final Settings settings;
  private final Schemes schemes;

  SendSource(CliContext cliContext, Settings settings, Schemes schemes) {
    this.cliContext = cliContext;
    this.settings = settings;
    this.schemes = schemes;
  }

  /**
   * The source of this name: that of a route, else of {@code hub.sources}.
   *
   * @throws CommandFailedException when there is none
   */
  WebhookSource named(String name) {
    List<WebhookSource> known = known();
    return find(known, name)
        .orElseThrow(
            () ->
                CommandFailedException.wrongUsage(
                    "No route in "
                        + cliContext.routes()
                        + " receives '"
                        + name
                        + "'; "
                        + (known.isEmpty() ? "there is none" : "there is " + names(known))
                        + (schemes.named(name).isPresent()
                            ? ". To sign as the scheme of that name does: --scheme " + name
                            : ". To sign for a source without a route, name its --scheme")
                        + "."));
  }

  /**
   * The source of this name when it is of this scheme, else one of the scheme without parameters.
   *
   * @throws CommandFailedException when the scheme is unknown, or the name is none of a source
   */
  WebhookSource of(String name, String scheme) {
    if (schemes.named(scheme).isEmpty()) {
      throw CommandFailedException.wrongUsage(
          "--scheme: " + String.join("; ", schemes.faultsOf(SchemeOptions.of(scheme))));
    }
    if (!NAME.matcher(name).matches()) {
      throw CommandFailedException.wrongUsage(
          "'" + name + "' is no source: write it as in /api/webhooks/SOURCE, then the TYPE.");
    }
    return find(known(), name)
        .filter(source -> source.options().scheme().equals(scheme))
        .orElseGet(() -> without(name, scheme, "--scheme " + scheme));
  }

  private static WebhookSource without(String name, String scheme, String location) {
    return new WebhookSource(name, SchemeOptions.of(scheme), "", true, location);
  }

  private List<WebhookSource> known() {
    List<WebhookSource> known = new ArrayList<>(WebhookSource.in(cliContext.routes()));
    for (String scheme : settings.named(SOURCES).stream().flatMap(SendSource::entries).toList()) {
      known.add(without(scheme, scheme, SOURCES));
    }
    return known;
  }

  private static Stream<String> entries(String list) {
    return Arrays.stream(list.split(",")).map(String::strip).filter(one -> !one.isEmpty());
  }

  private static Optional<WebhookSource> find(List<WebhookSource> sources, String name) {
    return sources.stream().filter(one -> one.name().equals(name)).findFirst();
  }

  private static String names(List<WebhookSource> sources) {
    return sources.stream()
        .map(WebhookSource::name)
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .collect(Collectors.joining(", "));
  }
}
