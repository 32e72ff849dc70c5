package hub.console;

import hub.call.policy.Providers;
import hub.catchup.CatchUps;
import hub.config.Settings;
import hub.db.Database;
import hub.http.SourceAddresses;
import hub.http.auth.ApiKeys;
import hub.http.auth.WrongKeyLimiter;
import hub.identity.login.LoginModule;
import hub.identity.session.Sessions;
import hub.monitoring.stats.RecentFetches;
import hub.webhook.scheme.SchemeFiles;
import java.time.Clock;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.LifecycleStrategySupport;

/** Adds the operator API and the console to a Camel context. */
public final class ConsoleModule {
  private ConsoleModule() {}

  /**
   * Adds the routes of the operator API and the console.
   *
   * @param operators people who may use them with a session
   */
  public static void install(
      CamelContext context,
      Settings settings,
      Database database,
      Providers providers,
      ApiKeys keys,
      Sessions sessions,
      OperatorList operators,
      Clock clock)
      throws Exception {
    ReplayJobs jobs = new ReplayJobs(database, clock);
    Suspensions suspensions = new Suspensions(database, clock);
    GoneReceivers gone = new GoneReceivers(context, database, suspensions);
    context.getRegistry().bind(GoneReceivers.BEAN, gone);
    context.addRoutes(gone);
    context.addRoutes(new OperatorApi(database, jobs, suspensions, clock));
    context.addRoutes(
        new CatchUpApi(
            CamelContextHelper.mandatoryLookup(context, CatchUps.BEAN, CatchUps.class), clock));
    context.addRoutes(new IntegrationsApi(providers));
    context.addRoutes(new PollsApi(new RecentFetches(database, clock), clock));
    RouteCounts counts = new RouteCounts();
    context.addLifecycleStrategy(counts);
    context.addRoutes(new RoutesApi(suspensions, gone, counts));
    context.addRoutes(
        new SchemesApi(
            CamelContextHelper.mandatoryLookup(context, SchemeFiles.BEAN, SchemeFiles.class),
            settings));
    SourceAddresses sources =
        CamelContextHelper.mandatoryLookup(context, SourceAddresses.BEAN, SourceAddresses.class);
    WrongKeyLimiter wrong =
        CamelContextHelper.mandatoryLookup(context, WrongKeyLimiter.BEAN, WrongKeyLimiter.class);
    context.addRoutes(new SignIn(keys, sessions, operators, settings, sources, wrong));
    context.addRoutes(new ConsoleFiles(logins(context)));
    context.addLifecycleStrategy(
        new LifecycleStrategySupport() {
          @Override
          public void onContextStarted(CamelContext started) {
            suspensions.begin(started);
          }

          @Override
          public void onContextStopping(CamelContext stopping) {
            jobs.close();
          }
        });
  }

  @SuppressWarnings("unchecked")
  private static Map<String, String> logins(CamelContext context) {
    return CamelContextHelper.mandatoryLookup(context, LoginModule.LOGINS_BEAN, Map.class);
  }
}
