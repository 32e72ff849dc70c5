package hub.lint;

import com.jayway.jsonpath.JsonPathException;
import hub.catchup.CatchUp;
import hub.config.Setting;
import hub.config.Settings;
import hub.poll.ItemFields;
import hub.poll.NextPage;
import hub.util.JsonField;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Checks catch-ups: what each provider needs and does not use, ranges, types, how far back. */
final class CatchUpSourceRules {
  private static final String KAMELET = "catch-up-source";
  private static final Pattern ADDRESS = Pattern.compile("kamelet:/*" + KAMELET + "(/.*)?");

  /** Of a webhook's deliveries. */
  private static final Pattern GITHUB_PATH =
      Pattern.compile(
          "/(repos/[^/]+/[^/]+/hooks/\\d+|orgs/[^/]+/hooks/\\d+|app/hook)/deliveries/?");

  private static final List<String> OF_CALLS =
      List.of(
          "baseUrl",
          "path",
          "headers",
          "auth",
          "secret",
          "loginProvider",
          "authSubject",
          "tokenUrl",
          "clientId",
          "clientSecret",
          "appId",
          "installationId",
          "privateKey",
          "needs",
          "timeoutSeconds",
          "maxRetries",
          "ratePerSecond");

  private static final List<String> OF_LISTS =
      List.of(
          "baseUrlSecret",
          "query",
          "items",
          "eventId",
          "eventType",
          "orderingKey",
          "eventTime",
          "sinceQuery",
          "untilQuery",
          "next",
          "nextQuery",
          "order",
          "maxPages");

  private final Project project;
  private final Settings settings;
  private final Faults faults;

  CatchUpSourceRules(Project project, Settings settings, Faults faults) {
    this.project = project;
    this.settings = settings;
    this.faults = faults;
  }

  void checkAll() {
    for (Route route : project.routes()) {
      route.from().filter(from -> ADDRESS.matcher(from.address()).matches()).ifPresent(this::check);
    }
  }

  private void check(Endpoint from) {
    ListParameters list = new ListParameters(from, project, faults);
    list.checkSource();
    String provider = list.written("provider").orElse("");
    switch (provider) {
      case "stripe" -> unused(from, list, provider, Stream.of(OF_CALLS, OF_LISTS));
      case "github" -> {
        unused(from, list, provider, Stream.of(OF_LISTS));
        list.checkHttp();
        list.checkCall("bearer");
        checkGithubPath(from, list);
      }
      case "http" -> checkList(from, list);
      default -> {
        // told by KameletRules, or known at run time only
      }
    }
    checkTimes(from, list, provider);
    checkTypes(from, list);
  }

  private void unused(
      Endpoint from, ListParameters list, String provider, Stream<List<String>> parameters) {
    parameters
        .flatMap(List::stream)
        .filter(list::isGiven)
        .forEach(
            name ->
                faults.warning(
                    from.locationOf(name),
                    name + " is not used with provider: " + provider,
                    "delete it, or write provider: http for a list of another API"));
  }

  private void checkGithubPath(Endpoint from, ListParameters list) {
    if (!from.parameters().containsKey("path")) {
      faults.error(
          from.location(),
          "provider: github needs 'path'",
          "write that of the webhook's deliveries, such as /repos/acme/shop/hooks/12345/deliveries");
    }
    list.written("path")
        .filter(path -> !GITHUB_PATH.matcher(path).matches())
        .ifPresent(
            path ->
                faults.error(
                    from.locationOf("path"),
                    "path: '" + path + "' is not that of a webhook's deliveries",
                    "write /repos/OWNER/REPOSITORY/hooks/NUMBER/deliveries, /orgs/NAME/hooks/NUMBER/deliveries or /app/hook/deliveries"));
  }

  private void checkList(Endpoint from, ListParameters list) {
    list.checkAddress(KAMELET);
    list.checkCall("none");
    for (String name : List.of("items", "eventId")) {
      if (!list.isGiven(name)) {
        faults.error(
            from.location(),
            "provider: http needs '" + name + "'",
            "add it, a JSONPath, under 'parameters'");
      }
    }
    list.path("items", text -> new ItemFields(text, "$.id", "", "", ""));
    list.path("eventId", text -> new ItemFields("$", text, "", "", ""));
    list.path("eventType", text -> new ItemFields("$", "$.id", text, "", ""));
    list.path("orderingKey", text -> new ItemFields("$", "$.id", "", text, ""));
    list.path("eventTime", CatchUpSourceRules::jsonPath);
    list.path("next", text -> new NextPage(text, ""));
    list.checkNext();
    list.within("maxPages", 1, 999_999);
  }

  private static JsonField jsonPath(String text) {
    try {
      if (text.startsWith("$")) {
        return new JsonField(text);
      }
    } catch (JsonPathException e) {
      // Told below.
    }
    throw new IllegalArgumentException(
        "eventTime: '" + text + "' is no JSONPath such as $.created");
  }

  private void checkTimes(Endpoint from, ListParameters list, String provider) {
    int retentionDays = retentionDays();
    list.within("everyMinutes", 1, CatchUp.MOST_MINUTES);
    list.within("olderThanMinutes", 0, CatchUp.MOST_MINUTES);
    list.within("lookbackHours", 1, Math.max(1, retentionDays * 24L));
    long lookbackMinutes = 60 * list.number("lookbackHours").orElse(72L);
    long olderThan = list.number("olderThanMinutes").orElse(30L);
    long every = list.number("everyMinutes").orElse(60L);
    if (lookbackMinutes <= olderThan) {
      faults.error(
          from.locationOf(list.isGiven("lookbackHours") ? "lookbackHours" : "olderThanMinutes"),
          "lookbackHours is not longer than olderThanMinutes: nothing lies between them",
          "write more than " + olderThan / 60 + " hours, or a shorter olderThanMinutes");
    } else if (every > lookbackMinutes - olderThan) {
      faults.error(
          from.locationOf(list.isGiven("everyMinutes") ? "everyMinutes" : "lookbackHours"),
          "a run each %d minutes looks at %d minutes: what was sent between is never fetched"
              .formatted(every, lookbackMinutes - olderThan),
          "write a shorter everyMinutes or a longer lookbackHours");
    }
    long kept = provider.equals("stripe") ? 30 : provider.equals("github") ? 3 : Long.MAX_VALUE;
    if (lookbackMinutes / 60 > kept * 24 && kept < Long.MAX_VALUE) {
      faults.warning(
          from.locationOf("lookbackHours"),
          "lookbackHours: %s keeps its events for %d days".formatted(provider, kept),
          "write %d or less".formatted(kept * 24));
    }
  }

  private int retentionDays() {
    try {
      return settings.count(Setting.RETENTION_DAYS);
    } catch (IllegalArgumentException e) {
      return 30; // told by SettingRules
    }
  }

  /** A type that no handler takes is fetched for nothing. */
  private void checkTypes(Endpoint from, ListParameters list) {
    Optional<Set<String>> handled = list.written("source").flatMap(this::handled);
    if (handled.isEmpty() || list.written("types").isEmpty()) {
      return;
    }
    for (String type : split(list.written("types").get())) {
      if (handled.get().stream().noneMatch(one -> meets(one, type))) {
        faults.warning(
            from.locationOf("types"),
            "no handler of inbox:"
                + list.written("source").get()
                + " takes the type '"
                + type
                + "'",
            Suggest.remedy(type, handled.get()));
      }
    }
  }

  /** What the handlers of an inbox take; empty when one takes everything, or there is none. */
  private Optional<Set<String>> handled(String inbox) {
    Set<String> types = new TreeSet<>();
    for (Route route : project.routes()) {
      Optional<Endpoint> handler =
          route.from().filter(one -> one.scheme().equals("inbox") && one.name().equals(inbox));
      if (handler.isPresent()) {
        Endpoint.Parameter written = handler.get().parameters().get("types");
        if (written == null || written.value().isBlank() || written.hasPlaceholder()) {
          return Optional.empty();
        }
        types.addAll(split(written.value()));
      }
    }
    return Optional.of(types).filter(found -> !found.isEmpty());
  }

  private static List<String> split(String types) {
    return Arrays.stream(types.split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList();
  }

  private static boolean meets(String handled, String type) {
    return type.matches(pattern(handled)) || handled.matches(pattern(type));
  }

  private static String pattern(String type) {
    return "\\Q" + type.replace("*", "\\E.*\\Q") + "\\E";
  }
}
