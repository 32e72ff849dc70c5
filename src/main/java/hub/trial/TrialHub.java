package hub.trial;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.call.http.HttpStub;
import hub.db.Database;
import hub.db.Jdbc;
import hub.inbox.InboxVariables;
import hub.inbox.camel.InboxComponent;
import hub.inbox.camel.InboxEndpoint;
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
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.CamelConfiguration;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.Route;
import org.apache.camel.main.Main;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.support.RoutePolicySupport;

/**
 * A whole hub in this JVM for tests of routes: its database is in memory, its server listens on a
 * loopback port, nothing starts by itself and nothing leaves. Used by one thread.
 */
final class TrialHub implements AutoCloseable {
  private static final Duration REST = Duration.ofSeconds(20);
  private static final Duration RELEASE = Duration.ofSeconds(2);
  private static final long LOOK_NANOS = 300_000;

  /** H2 forgets a database in memory with its last connection. */
  private final Connection anchor;

  private final Main main;
  private final Path folder;
  private final int port;
  private final Stages stages;
  private final ProducerTemplate producer;
  private final TrialTables tables;

  /** The source by the id of each handler. */
  private final Map<String, String> handlers = new TreeMap<>();

  private List<String> running = List.of();
  private boolean soiled;

  /** The state of one handler's work on an event. */
  record Delivery(String route, String status, int attempts, String lastError, boolean isDue) {
    boolean isAtRest() {
      return !isDue && !status.equals("processing");
    }
  }

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
    anchor = DriverManager.getConnection(TrialSettings.database(folder), "sa", "");
    main = new Main();
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
    main.configure().addConfiguration(new Parts(stages, webhooks));
    try {
      main.start();
      CamelContext context = main.getCamelContext();
      producer = context.createProducerTemplate();
      tables = new TrialTables(database());
      Schemes schemes =
          new Schemes(
              context.getRegistry().lookupByNameAndType(SchemeFiles.BEAN, SchemeFiles.class));
      InboxComponent inboxes = context.getComponent("inbox", InboxComponent.class);
      webhooks
          .schemes()
          .forEach(
              (source, scheme) -> inboxes.declareVariables(source, schemes.variablesOf(scheme)));
      for (Route route : context.getRoutes()) {
        if (route.getEndpoint() instanceof InboxEndpoint inbox) {
          handlers.put(route.getId(), inbox.getSource());
          context.getRouteController().suspendRoute(route.getId());
        }
      }
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** What the hub gets beside its own parts. */
  private record Parts(Stages stages, ClosedWebhooks webhooks) implements CamelConfiguration {
    @Override
    public void configure(CamelContext context) {
      context.getCamelContextExtension().registerEndpointCallback(new Outside(stages));
      context.getCamelContextExtension().addInterceptStrategy(new StepWatch(stages));
      ModelCamelContext model = (ModelCamelContext) context;
      model.addModelLifecycleStrategy(webhooks);
      model.addModelLifecycleStrategy(new QuickRedelivery(context));
      context.addRoutePolicyFactory((ctx, routeId, route) -> new HandlerEnds(stages));
    }
  }

  /** Ends the process, as far as a test can, when a handler has done all of its steps. */
  private static final class HandlerEnds extends RoutePolicySupport {
    private final Stages stages;

    HandlerEnds(Stages stages) {
      this.stages = stages;
    }

    @Override
    public void onExchangeBegin(Route route, Exchange exchange) {
      if (stages.handlers().contains(route.getId())
          && route.getId().equals(exchange.getFromRouteId())) {
        stages.variables().forEach(exchange::setVariable);
      }
    }

    @Override
    public void onExchangeDone(Route route, Exchange exchange) {
      if (stages.handlers().contains(route.getId())
          && exchange.getException() == null
          && stages.current().stopsAtEnd()) {
        exchange.setException(new StoppedException());
      }
    }
  }

  /** Whether a test has left something in memory that the next one would meet. */
  boolean isSoiled() {
    return soiled;
  }

  void soil() {
    soiled = true;
  }

  CamelContext context() {
    return main.getCamelContext();
  }

  private Database database() {
    return context().getRegistry().lookupByNameAndType(Database.BEAN, Database.class);
  }

  TrialTables tables() {
    return tables;
  }

  int port() {
    return port;
  }

  Stages stages() {
    return stages;
  }

  /** The ids of the routes that handle events of a source. */
  List<String> handlersOf(String source) {
    return handlers.entrySet().stream()
        .filter(handler -> handler.getValue().equals(source))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Lets these handlers work, and no others. */
  void run(List<String> routes) throws Exception {
    for (String route : running) {
      if (!routes.contains(route)) {
        context().getRouteController().suspendRoute(route);
      }
    }
    for (String route : routes) {
      if (!running.contains(route)) {
        context().getRouteController().resumeRoute(route);
      }
    }
    running = List.copyOf(routes);
    stages.handlers(running);
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

  /**
   * Waits until every running handler has ended its attempt.
   *
   * @return their states; none when no handler takes the event
   * @throws IllegalStateException when one is still at it after 20 s
   */
  List<Delivery> rest(UUID event) throws SQLException {
    long until = System.nanoTime() + REST.toNanos();
    long release = System.nanoTime() + RELEASE.toNanos();
    while (true) {
      List<Delivery> found =
          deliveries(event).stream().filter(one -> running.contains(one.route())).toList();
      if (found.stream().allMatch(Delivery::isAtRest)) {
        return found;
      }
      if (System.nanoTime() - until > 0) {
        soiled = true;
        throw new IllegalStateException(
            "the handler is still at work after " + REST.toSeconds() + " s: " + found);
      }
      if (System.nanoTime() - release > 0) {
        release = System.nanoTime() + RELEASE.toNanos();
        releaseLeft();
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** A lease that ended when the clock was moved is given up; a start of the hub releases it. */
  private void releaseLeft() throws SQLException {
    if (context().getInflightRepository().size() > 0) {
      return;
    }
    database()
        .inTransaction(
            connection -> {
              Jdbc.update(
                  connection,
                  "UPDATE inbox_delivery SET lease_token = NULL, due_at = CURRENT_TIMESTAMP(3) WHERE status = 'processing'");
              return Jdbc.update(
                  connection,
                  "UPDATE inbox_lane SET due_at = CURRENT_TIMESTAMP(3) WHERE lease_token IS NOT NULL");
            });
  }

  private List<Delivery> deliveries(UUID event) throws SQLException {
    return database()
        .inTransaction(
            connection ->
                Jdbc.list(
                    connection,
                    "SELECT route, status, attempts, last_error, COALESCE(due_at <= CURRENT_TIMESTAMP(3), FALSE) FROM inbox_delivery WHERE event_id = ?",
                    row ->
                        new Delivery(
                            row.getString(1),
                            row.getString(2),
                            row.getInt(3),
                            row.getString(4),
                            row.getBoolean(5)),
                    event));
  }

  /** The store's own number of the event. */
  String sequence(UUID event) throws SQLException {
    return String.valueOf(
        tables.query("SELECT sequence FROM inbox_event WHERE id = '" + event + "'").stream()
            .flatMap(row -> row.values().stream())
            .findFirst()
            .orElse(""));
  }

  /** Moves the clock; what is due then is begun. */
  void advance(Duration time) throws Exception {
    stages.clock().advance(time);
    database()
        .inTransaction(
            connection -> {
              for (String table : List.of("inbox_delivery", "inbox_lane")) {
                Jdbc.update(
                    connection,
                    "UPDATE "
                        + table
                        + " SET due_at = DATEADD(MILLISECOND, ?, due_at) WHERE due_at IS NOT NULL",
                    -time.toMillis());
              }
              return null;
            });
    wake();
  }

  /** Lets what waits for another attempt be begun at once. */
  void runWaiting() throws Exception {
    database()
        .inTransaction(
            connection -> {
              Jdbc.update(
                  connection,
                  "UPDATE inbox_delivery SET due_at = CURRENT_TIMESTAMP(3), status = CASE WHEN status = 'dead' THEN 'retrying' ELSE status END, finished_at = NULL WHERE status IN ('retrying', 'dead')");
              Jdbc.update(connection, "UPDATE inbox_lane SET due_at = CURRENT_TIMESTAMP(3)");
              return null;
            });
    wake();
  }

  private void wake() throws Exception {
    for (String route : running) {
      context().getRouteController().suspendRoute(route);
      context().getRouteController().resumeRoute(route);
    }
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

  /** Every event that is stored, in order, other than {@code except}. */
  List<Map<String, Object>> events(String except) throws SQLException {
    return database()
        .inTransaction(
            connection ->
                Jdbc.list(
                    connection,
                    "SELECT source, type, ordering_key, provider_event_id, payload FROM inbox_event WHERE CAST(id AS varchar) <> ? ORDER BY sequence",
                    row -> {
                      Map<String, Object> event = new LinkedHashMap<>();
                      event.put("source", row.getString(1));
                      event.put("type", row.getString(2));
                      event.put("orderingKey", row.getString(3));
                      event.put("id", row.getString(4));
                      event.put("payload", OutsideCalls.body(row.getBytes(5)));
                      return event;
                    },
                    except));
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
