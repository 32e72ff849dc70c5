package hub.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.util.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;

/**
 * {@code /console/}: the operators' console, static files from the jar. The content security policy
 * allows files of the hub only, and no inline script or style.
 */
public final class ConsoleFiles extends RouteBuilder {
  private static final String FOLDER = "/console/";

  private static final List<String> FILES =
      List.of(
          "index.html",
          "console.css",
          "icon.svg",
          "app.js",
          "api.js",
          "dom.js",
          "pages.js",
          "keyboard.js",
          "chart.js",
          "json.js",
          "overview.js",
          "events.js",
          "event.js",
          "dead-letters.js",
          "routes.js",
          "schemes.js",
          "health.js",
          "suppressions.js",
          "sign-in.js");

  /** Every view has a URL, so that it can be sent to a colleague; all are the same page. */
  private static final Pattern VIEW =
      Pattern.compile(
          "/console/(events(/[^/]+)?|dead-letters|routes|schemes|health|suppressions)?");

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml");

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none';"
          + " frame-ancestors 'none'";

  private record Page(byte[] body, String type, String tag) {}

  private final Map<String, Page> pages = new HashMap<>();

  /**
   * @param logins the login providers that people may sign in with: title by name
   */
  public ConsoleFiles(Map<String, String> logins) {
    ObjectNode offered = Json.object();
    var list = offered.putArray("logins");
    new TreeMap<>(logins)
        .forEach((name, title) -> list.addObject().put("name", name).put("title", title));
    byte[] json = Json.bytes(offered);
    pages.put(FOLDER + "logins", new Page(json, "application/json", ETag.of(json)));
    for (String file : FILES) {
      byte[] body = read(file);
      String type = TYPES.get(file.substring(file.lastIndexOf('.') + 1));
      pages.put(FOLDER + file, new Page(body, type, ETag.of(body)));
    }
  }

  private static byte[] read(String file) {
    try (InputStream in = ConsoleFiles.class.getResourceAsStream(FOLDER + file)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks " + FOLDER + file);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void configure() {
    from("platform-http:/console?matchOnUriPrefix=true&useBodyHandler=false&httpMethodRestrict=GET,HEAD")
        .errorHandler(noErrorHandler())
        .routeId("console-show")
        .routeDescription("Serves the operators' page.")
        .process(this::show);
  }

  private void show(Exchange exchange) {
    String path = JsonRoutes.request(exchange).path();
    String known = JsonRoutes.request(exchange).getHeader("If-None-Match");
    exchange.getMessage().removeHeaders("*");
    exchange.getMessage().setBody(null);
    if (path.equals("/console")) {
      exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 308);
      exchange.getMessage().setHeader("Location", FOLDER);
      return;
    }
    Page page = pages.get(VIEW.matcher(path).matches() ? FOLDER + "index.html" : path);
    if (page == null) {
      throw new ProblemException(
          Problem.of(404, "not-found", "The console has no such page; it begins at /console/."));
    }
    exchange.getMessage().setHeader("Content-Security-Policy", POLICY);
    exchange.getMessage().setHeader("Referrer-Policy", "no-referrer");
    exchange.getMessage().setHeader("Cache-Control", "no-cache");
    exchange.getMessage().setHeader("ETag", page.tag());
    if (page.tag().equals(known)) {
      exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 304);
    } else {
      exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
      exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, page.type());
      exchange.getMessage().setBody(page.body());
    }
  }
}
