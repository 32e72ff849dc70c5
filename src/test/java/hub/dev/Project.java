package hub.dev;

import com.fasterxml.jackson.databind.JsonNode;
import hub.testing.TestHub;
import hub.util.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The routes of a hub in development mode, as somebody edits them. */
final class Project {
  static final String TOKEN = "a-token-of-the-shop";

  static final String WEBHOOK =
      """
      - route:
          id: shop-webhook
          description: Receives the shop's events.
          from:
            uri: kamelet:webhook-source
            parameters:
              source: shop
              scheme: token
              secrets: SHOP_TOKEN
              signatureHeader: X-Shop-Token
              eventId: $.id
              eventType: $.type
            steps:
              - to:
                  id: store-shop-event
                  uri: inbox:shop
      """;

  static final String API =
      """
      - route:
          id: shop-show-version
          description: Tells its version.
          from:
            uri: platform-http:/api/shop/versions/{name}
            parameters:
              httpMethodRestrict: GET
            steps:
              - setBody:
                  expression:
                    constant:
                      expression: VERSION
      """;

  /** Of {@link #API}, where it says {@code crm} for {@code shop}. */
  static final String API_TEST =
      """
      - name: tells its version
        given: {request: {path: /api/crm/versions/x}}
        then: {answer: {status: 200, body: VERSION}}
      """;

  static final String KEEP =
      """
      - route:
          id: shop-keep-order
          description: Keeps the id of each order.
          from:
            uri: inbox:shop
            parameters:
              types: order.*
            steps:
              - to:
                  id: keep-order
                  uri: sql:INSERT INTO note (id) VALUES (:#${variable.providerEventId})
      """;

  static final String SCHEME =
      """
      title: Acme
      docs: https://docs.acme.example/webhooks
      verify: token
      signature:
        in: header:X-Acme-Token
      secret:
        variable: SHOP_TOKEN
      event:
        id: $.id
        type: $.type
      sample:
        type: order.paid
        body: '{"id":"{uuid}","type":"{type}"}'
      """;

  static final String PROVIDERS =
      """
      acme:
        title: Acme
        authorize-url: https://login.acme.example/authorize
        token-url: https://login.acme.example/token
        user-info-url: https://login.acme.example/me
        client-id: a-client
        client-secret: a-client-secret-for-tests
        subject: $.id
      """;

  static final String POLICY =
      """
      - routeConfiguration:
          id: patient
          description: Two more tries of a failed step.
          errorHandler:
            defaultErrorHandler:
              redeliveryPolicy:
                maximumRedeliveries: 2
      """;

  private final Path routes;

  Project(TestHub hub) {
    this.routes = hub.folder().resolve("routes");
  }

  /** A handler that hands {@code word} to the bean {@code seen}. */
  static String handler(String id, String word) {
    return """
        - route:
            id: %s
            description: Notes each order.
            from:
              uri: inbox:shop
              parameters:
                types: order.*
              steps:
                - setVariable:
                    name: word
                    expression:
                      constant:
                        expression: %s
                - process:
                    id: %s-see
                    ref: seen
        """
        .formatted(id, word, id);
  }

  void save(String file, String text) {
    try {
      Path path = routes.resolve(file);
      Files.createDirectories(path.getParent());
      // As editors do: another file takes its place.
      Path written = path.resolveSibling(path.getFileName() + ".tmp");
      Files.writeString(written, text);
      Files.move(written, path, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void delete(String file) {
    try {
      Files.delete(routes.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String read(String file) {
    try {
      return Files.readString(routes.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode state(TestHub hub) {
    return Json.own(hub.get("/api/admin/dev").body());
  }
}
