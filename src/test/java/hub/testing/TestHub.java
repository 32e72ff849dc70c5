package hub.testing;

import com.fasterxml.jackson.databind.JsonNode;
import hub.db.Database;
import hub.inbox.db.Receipt;
import hub.util.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.main.Main;

/** A whole hub inside the test's JVM, on ports and a data folder of its own. */
public final class TestHub implements AutoCloseable {
  public static final String ADMIN_KEY = "an-admin-key-for-tests";
  public static final String API_KEY = "an-api-key-for-tests";

  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final Main main;
  private final int port;
  private final int managementPort;
  private final Path folder;
  private final ProducerTemplate producer;

  /** Settings of its database, for another hub on it. */
  private final Map<String, String> database;

  private TestHub(
      Main main, int port, int managementPort, Path folder, Map<String, String> database) {
    this.database = database;
    this.producer = main.getCamelContext().createProducerTemplate();
    this.main = main;
    this.port = port;
    this.managementPort = managementPort;
    this.folder = folder;
  }

  public static Builder on(Store store) {
    return new Builder(store);
  }

  /** What a hub is made of before it starts. */
  public static final class Builder {
    private final Path folder;
    private final Map<String, String> properties = new LinkedHashMap<>();
    private final Map<String, Object> beans = new LinkedHashMap<>();
    private final List<String> routes = new ArrayList<>();
    private boolean knowsItsAddress;
    private String locations = "classpath:hub/application.properties";

    private Builder(Store store) {
      try {
        folder = Files.createTempDirectory("hub-test");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      properties.put("hub.data-dir", folder.resolve("data").toString());
      properties.put("hub.admin-key", ADMIN_KEY);
      properties.put("hub.api-keys", "test:" + API_KEY);
      properties.put("camel.main.shutdownTimeout", "5");
      // Nobody reads forty lines about the routes of each hub.
      properties.put("camel.main.startupSummaryLevel", "Oneline");
      properties.putAll(store.migrated(folder.resolve("data")));
    }

    /** An object that routes name. */
    public Builder bind(String name, Object bean) {
      beans.put(name, bean);
      return this;
    }

    /** A setting, or a secret under the name that a route gives it. */
    public Builder with(String key, String value) {
      properties.put(key, value);
      return this;
    }

    /** Without a setting that tests have otherwise. */
    public Builder without(String key) {
      properties.remove(key);
      return this;
    }

    /** A file of settings that goes before the shipped one. */
    public Builder settingsFile(Path file) {
      locations = "file:" + file + "," + locations;
      return this;
    }

    /** Its pages lie where it listens, for a browser. */
    public Builder knowingItsAddress() {
      knowsItsAddress = true;
      return this;
    }

    /** A second node beside {@code other}, on its database. */
    public Builder beside(TestHub other) {
      other.database.forEach(properties::put);
      return this;
    }

    /** Reaches its database over a line made by {@link #line()}. */
    public Builder over(FaultyLine line) {
      properties.computeIfPresent(
          "hub.database.url",
          (key, url) -> url.replaceFirst("//[^/]+/", "//localhost:" + line.port() + "/"));
      return this;
    }

    /** A line to this hub's database, PostgreSQL only. */
    public FaultyLine line() {
      java.net.URI url =
          java.net.URI.create(properties.get("hub.database.url").substring("jdbc:".length()));
      return new FaultyLine(url.getHost(), url.getPort());
    }

    /**
     * A route file of the repository, below {@code routes/}; Kamelets and policies are in the jar,
     * so that every hub has them.
     */
    public Builder routeFile(String path) {
      if (!path.startsWith("kamelets/") && !path.startsWith("policies/")) {
        routes.add("file:routes/" + path);
      }
      return this;
    }

    /** A route file's text, named after its route's id. */
    public Builder route(String name, String yaml) {
      try {
        Path file = folder.resolve("routes").resolve(name + ".camel.yaml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, yaml);
        routes.add("file:" + file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return this;
    }

    /**
     * Who vouches for people; lies beside the routes given by {@link #route}, which then are all
     * that there are.
     */
    public Builder loginProviders(String yaml) {
      return besideRoutes("login/providers.yaml", yaml);
    }

    /** A scheme of one's own; it lies beside the routes as {@link #loginProviders} do. */
    public Builder scheme(String name, String yaml) {
      return besideRoutes("schemes/" + name + ".scheme.yaml", yaml);
    }

    /** The repository's routes and {@code files} over them, by their paths. */
    public Builder repositoryWith(Map<String, String> files) {
      Path shipped = Path.of("routes");
      try (var all = Files.walk(shipped)) {
        for (Path file : all.filter(Files::isRegularFile).toList()) {
          besideRoutes(shipped.relativize(file).toString(), Files.readString(file));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      files.forEach((path, text) -> besideRoutes(path.substring("routes/".length()), text));
      return this;
    }

    /** A file of the routes folder; it lies beside the routes as {@link #loginProviders} do. */
    public Builder beside(String path, String text) {
      return besideRoutes(path, text);
    }

    /** A file of the folder of secrets. */
    public Builder secretFile(String name, String secret) {
      try {
        Path file = folder.resolve("secrets").resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, secret);
        return with("hub.secrets-dir", file.getParent().toString());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private Builder besideRoutes(String path, String text) {
      try {
        Path file = folder.resolve("routes").resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        routes.clear();
        routes.add("file:" + folder.resolve("routes") + "/**/*.camel.yaml");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return this;
    }

    /**
     * Takes over what is saved in its routes folder, {@code folder().resolve("routes")}; the routes
     * given by {@link #route} are all that there are.
     */
    public Builder dev() {
      routes.clear();
      routes.add("file:" + folder.resolve("routes") + "/**/*.camel.yaml");
      return with("hub.dev", "true")
          .with(
              "camel.component.kamelet.location",
              "file:" + folder.resolve("routes/kamelets") + ",classpath:kamelets");
    }

    public TestHub start() {
      int port = Ports.free();
      int managementPort = Ports.free();
      Main main = new Main();
      main.setPropertyPlaceholderLocations(locations);
      Properties overrides = new Properties();
      overrides.putAll(properties);
      overrides.setProperty("camel.server.port", Integer.toString(port));
      if (knowsItsAddress) {
        overrides.setProperty("hub.public-url", "http://localhost:" + port);
      }
      overrides.setProperty("camel.management.port", Integer.toString(managementPort));
      overrides.setProperty(
          "camel.main.routesIncludePattern",
          routes.isEmpty() ? "file:routes/**/*.camel.yaml" : String.join(",", routes));
      main.setOverrideProperties(overrides);
      beans.forEach(main::bind);
      try {
        main.start();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      Map<String, String> database = new LinkedHashMap<>(properties);
      database.keySet().removeIf(key -> !key.startsWith("hub.database."));
      return new TestHub(main, port, managementPort, folder, database);
    }
  }

  public CamelContext context() {
    return main.getCamelContext();
  }

  /** Where its database is, for another program; empty for an embedded one. */
  public Map<String, String> databaseSettings() {
    return Map.copyOf(database);
  }

  public Path folder() {
    return folder;
  }

  /** Sends a JSON body to a source, signed as Stripe does. */
  public HttpResponse<String> stripe(String source, String body) {
    return post("/api/webhooks/" + source, body, "Stripe-Signature", Stripe.sign(body));
  }

  public int port() {
    return port;
  }

  public URI url(String path) {
    return URI.create("http://localhost:" + port + path);
  }

  public URI managementUrl(String path) {
    return URI.create("http://localhost:" + managementPort + path);
  }

  /** Sends a request; headers as name, value, name, value. */
  public HttpResponse<String> send(String method, String path, byte[] body, String... headers) {
    return send(url(path), method, body, headers);
  }

  public HttpResponse<String> post(String path, String body, String... headers) {
    return send("POST", path, body.getBytes(java.nio.charset.StandardCharsets.UTF_8), headers);
  }

  /** GETs as an operator under {@code /api/admin}, as a caller elsewhere. */
  public HttpResponse<String> get(String path) {
    String key = path.startsWith("/api/admin") ? ADMIN_KEY : API_KEY;
    return send("GET", path, new byte[0], "Authorization", "Bearer " + key);
  }

  /** GETs what must be there, as JSON. */
  public JsonNode json(String path) {
    HttpResponse<String> answer = get(path);
    if (answer.statusCode() != 200) {
      throw new AssertionError(path + " answers " + answer.statusCode() + " " + answer.body());
    }
    return Json.own(answer.body());
  }

  /** POSTs as an operator. */
  public HttpResponse<String> operate(String path, String body) {
    return post(path, body, "Authorization", "Bearer " + ADMIN_KEY);
  }

  public HttpResponse<String> manage(String path) {
    return send(managementUrl(path), "GET", new byte[0]);
  }

  private static HttpResponse<String> send(URI uri, String method, byte[] body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .method(
                method,
                body.length == 0
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Stores an event as a route would; answers its id. */
  public String append(String source, String id, String type, String orderingKey, String body) {
    Exchange stored =
        producer.request(
            "inbox:" + source,
            exchange -> {
              exchange.setVariable("eventId", id);
              exchange.setVariable("type", type);
              exchange.setVariable("orderingKey", orderingKey);
              exchange.getMessage().setBody(body);
            });
    if (stored.getException() != null) {
      throw new IllegalStateException(stored.getException());
    }
    return stored.getVariable("receipt", Receipt.class).id().toString();
  }

  /** Forgets every event and what the shipped handlers made of it. */
  public void empty() {
    for (String table :
        List.of(
            "inbox_delivery",
            "inbox_event",
            "inbox_replay_key",
            "inbox_tally",
            "idempotency_key",
            "subscription")) {
      update("DELETE FROM " + table);
    }
  }

  /** Changes something behind the hub's back. */
  public int update(String sql, Object... parameters) {
    try {
      return database()
          .inTransaction(
              connection -> {
                try (PreparedStatement statement = connection.prepareStatement(sql)) {
                  for (int i = 0; i < parameters.length; i++) {
                    statement.setObject(i + 1, parameters[i]);
                  }
                  return statement.executeUpdate();
                }
              });
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  public Database database() {
    return context().getRegistry().lookupByNameAndType("database", Database.class);
  }

  /** The first column of the first row, as text; empty for no row or null. */
  public Optional<String> query(String sql, Object... parameters) {
    try {
      return database()
          .inTransaction(
              connection -> {
                try (PreparedStatement statement = connection.prepareStatement(sql)) {
                  for (int i = 0; i < parameters.length; i++) {
                    statement.setObject(i + 1, parameters[i]);
                  }
                  try (ResultSet row = statement.executeQuery()) {
                    return row.next() ? Optional.ofNullable(row.getString(1)) : Optional.empty();
                  }
                }
              });
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Stops as SIGTERM would. */
  @Override
  public void close() {
    main.stop();
  }
}
