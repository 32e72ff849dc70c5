package hub.trial;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.call.http.HttpStub;
import hub.db.Database;
import hub.inbox.InboxVariables;
import hub.inbox.camel.InboxComponent;
import hub.inbox.db.Receipt;
import hub.lint.Preflight;
import hub.util.HubClock;
import hub.util.Json;
import hub.webhook.scheme.SchemeFiles;
import hub.webhook.verify.Schemes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.Route;
import org.apache.camel.component.properties.PropertiesComponent;
import org.apache.camel.main.BaseMainSupport;
import org.apache.camel.main.Main;
import org.apache.camel.main.MainListenerSupport;

/**
 * A whole hub in this JVM for tests of routes: its database is in memory, its server listens on a
 * loopback port, nothing starts by itself and nothing leaves. Used by one thread.
 */
final class TrialHub implements AutoCloseable {
  /** H2 forgets a database in memory with its last connection. */
  private final Connection anchor;

  private final Main main;
  private final Path folder;
  private final int port;
  private final Stages stages;
  private final ProducerTemplate producer;
  private final TrialTables tables;
  private final TrialInbox inbox;
  private final TrialHandlers handlers;
  private boolean soiled;

  /**
   * Starts a hub.
   *
   * @param properties the file application.properties; may be absent
   * @param own settings that win over all others
   * @param excludedRoutes patterns of route files that are left out; may be empty
   */
  TrialHub(
      Path routesDir,
      Path properties,
      Map<String, String> own,
      String excludedRoutes,
      Stages stages)
      throws Exception {
    this.stages = stages;
    folder = Files.createTempDirectory("hub-test");
    port = freePort();
    anchor =
        DriverManager.getConnection(
            TrialSettings.database(folder),
            TrialSettings.DATABASE_USER,
            TrialSettings.DATABASE_PASSWORD);
    main = new Main();
    keepOutVariables(main);
    main.setPropertyPlaceholderLocations(
        "file:"
            + properties.toAbsolutePath()
            + ";optional=true,classpath:hub/application.properties;optional=true");
    Properties settings = TrialSettings.of(routesDir, folder, port, own);
    if (!excludedRoutes.isEmpty()) {
      settings.setProperty("camel.main.routesExcludePattern", excludedRoutes);
    }
    main.setOverrideProperties(settings);
    main.bind(Preflight.CHECKED, true);
    main.bind(HubClock.BEAN, stages.clock());
    main.bind(HttpStub.BEAN, new StubbedHttp(stages));
    ClosedWebhooks webhooks = new ClosedWebhooks();
    main.configure().addConfiguration(new TrialParts(stages, webhooks));
    try {
      main.start();
      CamelContext context = main.getCamelContext();
      producer = context.createProducerTemplate();
      Database database = context.getRegistry().lookupByNameAndType(Database.BEAN, Database.class);
      tables = new TrialTables(database);
      inbox = new TrialInbox(database);
      Schemes schemes =
          new Schemes(
              context.getRegistry().lookupByNameAndType(SchemeFiles.BEAN, SchemeFiles.class));
      InboxComponent inboxes = context.getComponent("inbox", InboxComponent.class);
      webhooks
          .schemes()
          .forEach(
              (source, scheme) -> inboxes.declareVariables(source, schemes.variablesOf(scheme)));
      handlers = new TrialHandlers(context, stages, inbox);
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  /** Those of the installation would win over the settings of the tests. */
  private static void keepOutVariables(Main main) {
    main.configure()
        .withAutoConfigurationEnvironmentVariablesEnabled(false)
        .withAutoConfigurationSystemPropertiesEnabled(false);
    main.addMainListener(
        new MainListenerSupport() {
          @Override
          public void beforeInitialize(BaseMainSupport starting) {
            PropertiesComponent properties =
                (PropertiesComponent) starting.getCamelContext().getPropertiesComponent();
            properties.setEnvironmentVariableMode(
                PropertiesComponent.ENVIRONMENT_VARIABLES_MODE_FALLBACK);
            properties.setSystemPropertiesMode(PropertiesComponent.SYSTEM_PROPERTIES_MODE_FALLBACK);
          }
        });
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Whether a test has left something in memory that the next one would meet. */
  boolean isSoiled() {
    return soiled || handlers.isStuck();
  }

  void soil() {
    soiled = true;
  }

  CamelContext context() {
    return main.getCamelContext();
  }

  TrialTables tables() {
    return tables;
  }

  TrialInbox inbox() {
    return inbox;
  }

  TrialHandlers handlers() {
    return handlers;
  }

  int port() {
    return port;
  }

  Stages stages() {
    return stages;
  }

  /** Stores an event as a route would; it is a duplicate when its id is known. */
  Receipt append(
      String source,
      String id,
      String type,
      String orderingKey,
      Map<String, Object> headers,
      byte[] payload) {
    ObjectNode stored = Json.object();
    headers.forEach((name, value) -> stored.put(name, String.valueOf(value)));
    Exchange exchange =
        producer.request(
            "inbox:" + source,
            event -> {
              event.setVariable(InboxVariables.EVENT_ID, id);
              event.setVariable(InboxVariables.TYPE, type);
              event.setVariable(InboxVariables.ORDERING_KEY, orderingKey);
              event.setVariable(InboxVariables.REQUEST_HEADERS, stored.toString());
              event.getMessage().setBody(payload);
            });
    if (exchange.getException() != null) {
      throw new IllegalStateException(exchange.getException());
    }
    return exchange.getVariable(InboxVariables.RECEIPT, Receipt.class);
  }

  /** Starts a route that waits for nobody, with this message. */
  Exchange start(Route route, Object body, Map<String, ?> headers, Consumer<Exchange> mark)
      throws Exception {
    Exchange exchange = route.getConsumer().createExchange(false);
    mark.accept(exchange);
    exchange.getMessage().setBody(body);
    headers.forEach(exchange.getMessage()::setHeader);
    route.getConsumer().getProcessor().process(exchange);
    return exchange;
  }

  @Override
  public void close() {
    try {
      main.stop();
      anchor.close();
    } catch (SQLException e) {
      throw new IllegalStateException("the test's database cannot be closed", e);
    } finally {
      delete();
    }
  }

  private void delete() {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      // A folder for temporary files may keep it.
      folder.toFile().deleteOnExit();
    }
  }
}
