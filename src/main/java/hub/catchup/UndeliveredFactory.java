package hub.catchup;

import hub.call.policy.Credentials;
import hub.config.Settings;
import hub.poll.HttpPages;
import hub.poll.ItemFields;
import hub.poll.NextPage;
import hub.poll.RequestProperties;
import hub.util.JsonField;
import java.net.URI;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;

/**
 * Makes what a provider could not deliver of the parameters of {@code catch-up-source}: those of
 * {@code http-api-action} and, for {@code http}, of {@code poll-source}.
 */
final class UndeliveredFactory {
  private static final List<String> POLICY =
      List.of("auth", "secret", "ratePerSecond", "timeoutSeconds", "maxRetries");
  private static final int MAX_PAGES = 100;

  private final CamelContext context;
  private final Settings settings;
  private final Map<String, String> options;
  private final BooleanSupplier stopped;

  /**
   * @param stopped ends the wait for a page
   */
  UndeliveredFactory(
      CamelContext context,
      Settings settings,
      Map<String, String> options,
      BooleanSupplier stopped) {
    this.context = context;
    this.settings = settings;
    this.options = options;
    this.stopped = stopped;
  }

  /**
   * @throws IllegalArgumentException for an unknown provider or parameters that cannot be
   */
  Undelivered make(String provider, CatchUp catchUp) {
    return switch (provider) {
      case StripeEvents.NAME -> stripe(catchUp);
      case GithubDeliveries.NAME -> github(catchUp);
      case HttpItems.NAME -> http(catchUp);
      default ->
          throw new IllegalArgumentException(
              "provider: '" + provider + "' is not one of stripe, github, http");
    };
  }

  private Undelivered stripe(CatchUp catchUp) {
    String key = StripeEvents.SECRET_KEY;
    Map<String, String> credentials = Map.of("auth", "bearer", "secret", key);
    Map<String, String> api = new HashMap<>(credentials);
    api.put("baseUrl", settings.text("STRIPE_API_BASE"));
    api.put("path", "/v1/events");
    ApiPages list =
        new ApiPages(
            context, StripeEvents.NAME, "list-undelivered-events", api, credentials, stopped);
    return new StripeEvents(catchUp.source(), catchUp::types, list, catchUp::reader, settings);
  }

  private Undelivered github(CatchUp catchUp) {
    Map<String, String> api = given(RequestProperties.NAMES);
    api.putIfAbsent("auth", "bearer");
    requireSecret(api.get("auth"));
    api.put(
        "baseUrl",
        option("baseUrl").isEmpty() ? settings.text("GITHUB_API_BASE") : option("baseUrl"));
    api.put("path", option("path").replaceFirst("/+$", ""));
    if (api.get("path").startsWith("/app/")) {
      // An installation's token may not read there: the app itself asks.
      api.remove("installationId");
    }
    Credentials credentials = Credentials.of(api.get("auth"));
    Map<String, String> policy = given(POLICY);
    policy.putIfAbsent("auth", "bearer");
    policy.put("needs", String.join(",", needs(credentials)));
    return new GithubDeliveries(
        catchUp.source(),
        catchUp::types,
        new ApiPages(context, GithubDeliveries.NAME, "list-deliveries", api, policy, stopped),
        new ApiPages(context, GithubDeliveries.NAME, "get-delivery", api, policy, stopped),
        catchUp::reader,
        option("path"),
        needs(credentials),
        shown(credentials));
  }

  private Undelivered http(CatchUp catchUp) {
    requireSecret(option("auth"));
    Credentials credentials =
        option("auth").isEmpty() ? Credentials.NONE : Credentials.of(option("auth"));
    String host = host().orElseGet(catchUp::source);
    Map<String, Object> request = new HashMap<>(given(RequestProperties.NAMES));
    List.of("baseUrl", "baseUrlSecret", "path", "query")
        .forEach(name -> request.put(name, option(name)));
    Map<String, Object> policy = new HashMap<>(given(POLICY));
    policy.put("provider", host);
    policy.put("operation", "list-events");
    policy.put("needs", String.join(",", needs(credentials)));
    ItemFields items =
        new ItemFields(
            option("items"), option("eventId"), option("eventType"), option("orderingKey"), "");
    NextPage next = new NextPage(option("next"), option("nextQuery"));
    boolean newestFirst = option("order").equals("newest-first");
    if (!newestFirst && !option("order").isEmpty() && !option("order").equals("oldest-first")) {
      throw new IllegalArgumentException(
          "order: '" + option("order") + "' is neither oldest-first nor newest-first");
    }
    return new HttpItems(
        new LazyPages(() -> new HttpPages(context, request, policy, items, next, stopped)),
        catchUp::types,
        new HttpItems.Options(
            host,
            Optional.of(option("eventTime")).filter(path -> !path.isEmpty()).map(JsonField::new),
            option("sinceQuery"),
            option("untilQuery"),
            newestFirst,
            maxPages(),
            needs(credentials),
            shown(credentials)));
  }

  /** Of the address; empty when that is a secret. */
  private Optional<String> host() {
    if (!option("baseUrlSecret").isEmpty() && option("baseUrl").isEmpty()) {
      return Optional.empty();
    }
    try {
      Optional<String> host = Optional.ofNullable(URI.create(option("baseUrl")).getHost());
      if (host.isPresent()) {
        return host;
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    throw new IllegalArgumentException(
        "baseUrl: '" + option("baseUrl") + "' is no http or https address");
  }

  /** Names of the settings without which nothing is asked. */
  private List<String> needs(Credentials credentials) {
    Stream<String> own =
        switch (credentials) {
          case BEARER, BASIC, HEADER -> Stream.of("secret");
          case CLIENT_CREDENTIALS -> Stream.of("clientId", "clientSecret");
          case GITHUB_APP -> Stream.of("privateKey");
          case NONE, OAUTH -> Stream.empty();
        };
    return Stream.concat(
            Stream.concat(own, Stream.of("baseUrlSecret")).map(this::option),
            Arrays.stream(option("needs").split(",")).map(String::strip))
        .filter(name -> !name.isEmpty())
        .distinct()
        .toList();
  }

  /** What the hub shows to the API, for messages. */
  private String shown(Credentials credentials) {
    return switch (credentials) {
      case BEARER, BASIC, HEADER -> option("secret");
      case OAUTH -> "the login";
      case CLIENT_CREDENTIALS -> option("clientId") + " and " + option("clientSecret");
      case GITHUB_APP -> "the app of " + option("privateKey");
      case NONE -> "";
    };
  }

  private void requireSecret(String auth) {
    if (isSecret(auth) && option("secret").isEmpty()) {
      throw new IllegalArgumentException(
          "auth needs 'secret', the name of the property or variable that holds it");
    }
  }

  private static boolean isSecret(String auth) {
    Credentials credentials = auth.isEmpty() ? Credentials.NONE : Credentials.of(auth);
    return credentials == Credentials.BEARER
        || credentials == Credentials.BASIC
        || credentials == Credentials.HEADER;
  }

  private int maxPages() {
    String text = option("maxPages");
    if (text.isEmpty()) {
      return MAX_PAGES;
    }
    if (!text.matches("[1-9]\\d{0,5}")) {
      throw new IllegalArgumentException("maxPages: '" + text + "' is not a whole number from 1");
    }
    return Integer.parseInt(text);
  }

  /** Those of the parameters that have a value. */
  private Map<String, String> given(List<String> names) {
    Map<String, String> given = new HashMap<>();
    for (String name : names) {
      if (!option(name).isEmpty()) {
        given.put(name, option(name));
      }
    }
    return given;
  }

  private String option(String name) {
    return Optional.ofNullable(options.get(name)).orElse("").strip();
  }
}
