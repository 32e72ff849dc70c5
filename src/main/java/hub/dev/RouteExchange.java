package hub.dev;

import hub.http.server.RequestGate;
import hub.inbox.camel.InboxComponent;
import hub.inbox.camel.InboxConsumer;
import hub.webhook.scheme.SchemeFiles;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes running routes out and puts new versions in. Events and requests of a route wait meanwhile:
 * handlers end what they have begun and claim nothing new, and the gate holds requests. Where a new
 * version does not start, the old ones come back. To be used by one thread.
 */
final class RouteExchange {
  private static final Logger LOG = LoggerFactory.getLogger("hub.dev");

  /** A handler that takes longer than this at one event keeps its old version. */
  private static final long HANDLER_SECONDS = 600;

  /** After this long it is told what is waited for. */
  private static final long PATIENCE_SECONDS = 3;

  /** Requests inside have this long to end; later ones are waited for by Camel's own stop. */
  private static final long REQUEST_MILLIS = 8_000;

  private static final long LOOK_MILLIS = 5;

  private final ModelCamelContext context;
  private final RequestGate gate;
  private final SchemeFiles schemes;
  private final String folder;
  private final LiveRoutes live;

  /**
   * @param folder of the routes, as in the setting that names them
   */
  RouteExchange(ModelCamelContext context, RequestGate gate, SchemeFiles schemes, String folder) {
    this.context = context;
    this.gate = gate;
    this.schemes = schemes;
    this.folder = folder;
    this.live = new LiveRoutes(context);
  }

  /**
   * Carries a plan out.
   *
   * @throws ExchangeFailedException when the new versions do not start; the old ones run again
   * @throws InterruptedException when the hub stops
   */
  void run(ReloadPlan plan) throws InterruptedException {
    Set<String> ids = new TreeSet<>(plan.leaving());
    // A route of hub.sources gives way to a file with its id.
    ids.addAll(plan.coming());
    Map<String, Route> leaving = live.withKamelets(ids);
    List<RouteDefinition> opened =
        plan.coming().stream()
            .filter(id -> !plan.leaving().contains(id))
            .map(context::getRouteDefinition)
            .filter(Objects::nonNull)
            .toList();
    Set<String> suspended = suspended(leaving.values());
    Runnable handlersKept =
        context.getComponent("inbox", InboxComponent.class).exchange(plan.leaving());
    try {
      awaitHandlers(handlers(leaving.values()));
      gate.close(paths(leaving.values()), REQUEST_MILLIS);
      swap(plan, leaving.values(), opened);
    } catch (ExchangeFailedException | InterruptedException e) {
      throw e;
    } catch (Exception e) {
      throw new ExchangeFailedException("the exchange failed: " + reason(e), e);
    } finally {
      suspendAgain(suspended);
      handlersKept.run();
      gate.open();
    }
  }

  private void swap(ReloadPlan plan, Collection<Route> leaving, List<RouteDefinition> opened)
      throws Exception {
    try {
      live.remove(leaving);
      replaceShared(plan, plan.before(), plan.after());
      load(plan.after().textsOf(plan.coming()));
    } catch (Exception e) {
      putBack(plan, opened, e);
      throw new ExchangeFailedException(reason(e), e);
    }
  }

  private void putBack(ReloadPlan plan, List<RouteDefinition> opened, Exception cause) {
    try {
      Set<String> partly = new TreeSet<>(plan.coming());
      partly.addAll(plan.leaving());
      live.remove(live.withKamelets(partly).values());
      removeDefinitions(partly);
      replaceShared(plan, plan.after(), plan.before());
      load(plan.before().textsOf(plan.leaving()));
      opened.forEach(RouteDefinition::markUnprepared);
      context.addRouteDefinitions(opened);
    } catch (Exception e) {
      e.addSuppressed(cause);
      throw new ExchangeFailedException(
          reason(cause) + "; and the old version does not start again: " + reason(e), e);
    }
  }

  /** What a start that failed has left without a running route. */
  private void removeDefinitions(Set<String> ids) throws Exception {
    for (String id : ids) {
      if (context.getRouteDefinition(id) != null) {
        context.removeRouteDefinition(context.getRouteDefinition(id));
      }
    }
  }

  /** Schemes, Kamelets and route configurations, which routes find by name when they start. */
  private void replaceShared(ReloadPlan plan, ReloadPlan.Side from, ReloadPlan.Side to)
      throws Exception {
    if (!plan.schemes().isEmpty()) {
      schemes.readAgain();
    }
    live.removeInstancesOf(plan.kamelets());
    List<Resource> shared = new ArrayList<>();
    for (String kamelet : plan.kamelets()) {
      context.removeRouteTemplateDefinitions(kamelet);
      String name = "kamelets/" + kamelet + ".kamelet.yaml";
      if (to.files().texts().containsKey(name)) {
        shared.add(resource(name, to.files().texts().get(name)));
      }
    }
    for (String file : plan.configurations()) {
      RouteElements old = from.elements().get(file);
      if (old != null) {
        for (String id : old.configurations().keySet()) {
          context.removeRouteConfiguration(context.getRouteConfigurationDefinition(id));
        }
      }
      RouteElements now = to.elements().get(file);
      if (now != null && !now.configurations().isEmpty()) {
        shared.add(resource(file, now.textOf(Set.of(), true)));
      }
    }
    PluginHelper.getRoutesLoader(context).loadRoutes(shared);
  }

  private void load(Map<String, String> texts) throws Exception {
    for (Map.Entry<String, String> file : texts.entrySet()) {
      PluginHelper.getRoutesLoader(context).loadRoutes(resource(file.getKey(), file.getValue()));
    }
  }

  private Resource resource(String name, String text) {
    return ResourceHelper.fromString("file:" + folder + "/" + name, text);
  }

  /** Operators' suspensions outlive an exchange. */
  private Set<String> suspended(Collection<Route> routes) {
    return routes.stream()
        .map(Route::getRouteId)
        .filter(id -> context.getRouteController().getRouteStatus(id) == ServiceStatus.Suspended)
        .collect(Collectors.toSet());
  }

  private void suspendAgain(Set<String> routes) {
    for (String id : routes) {
      try {
        if (context.getRouteController().getRouteStatus(id) == ServiceStatus.Started) {
          context.getRouteController().suspendRoute(id);
        }
      } catch (Exception e) {
        LOG.warn("route={} is to stay suspended, and is not yet: {}", id, e.toString());
      }
    }
  }

  private static List<InboxConsumer> handlers(Collection<Route> routes) {
    return routes.stream()
        .map(Route::getConsumer)
        .filter(InboxConsumer.class::isInstance)
        .map(InboxConsumer.class::cast)
        .toList();
  }

  /** Lets handlers end what they have begun; they claim nothing new. */
  private void awaitHandlers(List<InboxConsumer> handlers) throws InterruptedException {
    List<InboxConsumer> paused = handlers.stream().filter(one -> !one.isSuspended()).toList();
    paused.forEach(InboxConsumer::suspend);
    long begun = System.nanoTime();
    boolean told = false;
    try {
      while (!handlers.stream().allMatch(InboxConsumer::isIdle)) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
        String busy =
            handlers.stream()
                .filter(one -> !one.isIdle())
                .map(InboxConsumer::getRouteId)
                .collect(Collectors.joining(", "));
        if (seconds >= HANDLER_SECONDS) {
          throw new ExchangeFailedException(
              busy + " has been at one event for ten minutes; save the file again later", null);
        }
        if (!told && seconds >= PATIENCE_SECONDS) {
          told = true;
          LOG.info("the new version waits until {} has ended what it has begun", busy);
        }
        Thread.sleep(LOOK_MILLIS);
      }
    } catch (ExchangeFailedException | InterruptedException e) {
      paused.forEach(InboxConsumer::resume);
      throw e;
    }
  }

  private static List<Pattern> paths(Collection<Route> routes) {
    return routes.stream()
        .map(Route::getEndpoint)
        .filter(PlatformHttpEndpoint.class::isInstance)
        .map(PlatformHttpEndpoint.class::cast)
        .map(
            endpoint ->
                Pattern.compile(
                    pattern(endpoint.getPath()) + (endpoint.isMatchOnUriPrefix() ? ".*" : "/?")))
        .toList();
  }

  private static String pattern(String path) {
    StringBuilder pattern = new StringBuilder();
    for (String part : path.split("(?=\\{)|(?<=})")) {
      pattern.append(part.startsWith("{") ? "[^/]+" : Pattern.quote(part));
    }
    return pattern.toString();
  }

  /** The cause's own words: those around it only say which route it was. */
  private static String reason(Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }
}
