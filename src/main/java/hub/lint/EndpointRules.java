package hub.lint;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.catalog.EndpointValidationResult;
import org.apache.camel.catalog.RuntimeCamelCatalog;
import org.apache.camel.spi.EndpointUriFactory;
import org.apache.camel.support.PluginHelper;

/** Checks endpoint URIs: known components, known parameters, types of values. */
final class EndpointRules {
  private static final Pattern TIME = Pattern.compile("(?i)(\\d+ *(d|h|m|s|ms) *)+");

  private final Project project;
  private final CamelContext context;
  private final RuntimeCamelCatalog catalog;
  private final Set<String> schemes;
  private final KameletRules kamelets;
  private final OauthRules oauth;
  private final CacheRules caches;
  private final InboxRules inbox;
  private final StripeRules stripe;
  private final Faults faults;

  EndpointRules(Project project, CamelContext context, Faults faults) {
    this.project = project;
    this.context = context;
    this.catalog = PluginHelper.getRuntimeCamelCatalog(context);
    this.schemes = new Components(context).known();
    this.kamelets = new KameletRules(project, faults);
    this.oauth = new OauthRules(project, faults);
    this.caches = new CacheRules(faults);
    this.inbox = new InboxRules(project, context, faults);
    this.stripe = new StripeRules(faults);
    this.faults = faults;
  }

  void checkAll() {
    project.endpoints().forEach(this::check);
  }

  /** Checks one endpoint, also one of a Kamelet with the values of its caller. */
  void check(Endpoint endpoint) {
    String scheme = endpoint.scheme();
    if (scheme.contains("{{") || scheme.contains("${")) {
      return;
    }
    if (!schemes.contains(scheme)) {
      faults.error(
          endpoint.location(),
          "there is no component '" + scheme + "'",
          Suggest.nearest(scheme, schemes)
              .map(near -> "did you mean '" + near + "'?")
              .orElse(
                  "add its jar, such as camel-"
                      + scheme
                      + ", to pom.xml or HUB_CLASSPATH, or write another address"));
      return;
    }
    switch (scheme) {
      case "kamelet" -> {
        kamelets.check(endpoint);
        oauth.check(endpoint);
        caches.check(endpoint);
      }
      case "inbox" -> inbox.check(endpoint);
      case "stripe" -> stripe.check(endpoint);
      default -> checkParameters(endpoint);
    }
    if (scheme.equals("direct") && !endpoint.hasPlaceholder() && !endpoint.isConsumer()) {
      checkDirect(endpoint);
    }
    if (scheme.equals("seda") && !endpoint.hasPlaceholder() && !endpoint.isConsumer()) {
      Set<String> consumed = project.consumed("seda");
      if (!endpoint.name().isEmpty() && !consumed.contains(endpoint.name())) {
        faults.warning(
            endpoint.location(),
            "no route starts from seda:" + endpoint.name() + ", so messages gather in it",
            Suggest.nearest(endpoint.name(), consumed)
                .map(near -> "did you mean '" + near + "'?")
                .orElse("write a route from seda:" + endpoint.name()));
      }
    }
  }

  private void checkDirect(Endpoint endpoint) {
    Set<String> consumed = project.consumed("direct");
    if (!endpoint.name().isEmpty() && !consumed.contains(endpoint.name())) {
      faults.error(
          endpoint.location(),
          "no route starts from direct:" + endpoint.name(),
          Suggest.nearest(endpoint.name(), consumed)
              .map(near -> "did you mean '" + near + "'?")
              .orElse("write a route from direct:" + endpoint.name()));
    }
  }

  private void checkParameters(Endpoint endpoint) {
    EndpointUriFactory factory =
        context.getCamelContextExtension().getEndpointUriFactory(endpoint.scheme());
    if (factory == null) {
      return;
    }
    if (!factory.isLenientProperties()) {
      checkNames(endpoint, factory.propertyNames(), factory.multiValuePrefixes().values());
    }
    if (catalog.componentJSonSchema(endpoint.scheme()) != null) {
      checkValues(endpoint);
    }
  }

  private void checkNames(Endpoint endpoint, Set<String> known, Collection<String> prefixes) {
    for (String name : endpoint.parameters().keySet()) {
      if (!known.contains(name) && prefixes.stream().noneMatch(name::startsWith)) {
        faults.error(
            endpoint.locationOf(name),
            "unknown parameter '" + name + "' of " + endpoint.scheme(),
            Suggest.remedy(name, known));
      }
    }
  }

  private void checkValues(Endpoint endpoint) {
    Map<String, String> values = new LinkedHashMap<>();
    endpoint
        .parameters()
        .forEach(
            (name, parameter) -> {
              if (!parameter.hasPlaceholder()) {
                values.put(name, parameter.value());
              }
            });
    EndpointValidationResult result = catalog.validateProperties(endpoint.scheme(), values);
    if (result.getRequired() != null && !endpoint.address().contains(":")) {
      result.getRequired().stream()
          .filter(name -> !endpoint.parameters().containsKey(name))
          .forEach(
              name ->
                  faults.error(
                      endpoint.location(),
                      endpoint.scheme() + " needs parameter '" + name + "'",
                      "add it under 'parameters', or write it behind '"
                          + endpoint.scheme()
                          + ":'"));
    }
    complain(endpoint, result.getInvalidBoolean(), "is true or false");
    complain(endpoint, numbers(result.getInvalidInteger()), "is a whole number");
    complain(endpoint, result.getInvalidNumber(), "is a number");
    complain(endpoint, result.getInvalidDuration(), "is a time such as 500, 30s or 1m30s");
    if (result.getInvalidEnum() != null) {
      result
          .getInvalidEnum()
          .forEach(
              (name, value) ->
                  faults.error(
                      endpoint.locationOf(name),
                      "'" + value + "' is not a value of " + name,
                      Suggest.remedy(value, new TreeSet<>(result.getEnumChoices(name)))));
    }
  }

  /** Without times: Camel takes {@code 5s} for a number of milliseconds. */
  private static Map<String, String> numbers(Map<String, String> invalid) {
    Map<String, String> left = new LinkedHashMap<>();
    if (invalid != null) {
      left.putAll(invalid);
      left.values().removeIf(value -> TIME.matcher(value).matches());
    }
    return left;
  }

  private void complain(Endpoint endpoint, Map<String, String> invalid, String rule) {
    if (invalid != null) {
      invalid.forEach(
          (name, value) ->
              faults.error(
                  endpoint.locationOf(name),
                  "parameter '"
                      + name
                      + "' of "
                      + endpoint.scheme()
                      + " "
                      + rule
                      + ", not '"
                      + value
                      + "'",
                  ""));
    }
  }
}
