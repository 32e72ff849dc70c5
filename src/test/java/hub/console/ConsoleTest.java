package hub.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static com.microsoft.playwright.assertions.PlaywrightAssertions.setDefaultAssertionTimeout;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Cookie;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import hub.call.policy.HandlerSuspension;
import hub.inbox.db.Receipt;
import hub.testing.Browser;
import hub.testing.FaultyLine;
import hub.testing.Source;
import hub.testing.Store;
import hub.testing.TestHub;
import hub.util.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The console in a real browser, on PostgreSQL over a connection that can be cut. Writes pictures
 * of each page in {@code target/screenshots}; with {@code -Dconsole.picture=src/docs/console.png}
 * also the one of the console's page in the docs. Slow: a browser draws every page in two ways.
 */
@Tag("postgres")
@Tag("browser")
@Tag("slow")
@Tag("waits")
class ConsoleTest {
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");
  private static final int MEBIBYTE = 1_048_576;

  /** Pages ask the hub again five times as often as for people. */
  private static final String HURRY =
      """
      const slow = window.setTimeout;
      window.setTimeout = (work, millis, ...more) => slow(work, millis > 1000 ? millis / 5 : millis, ...more);
      """;

  private static Browser browser;
  private static FaultyLine line;
  private static TestHub hub;
  private static HttpServer provider;

  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private Page page;

  @BeforeAll
  static void start() throws IOException {
    browser = Browser.open();
    setDefaultAssertionTimeout(20_000);
    provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    provider.createContext("/repos/", exchange -> answer(exchange, 200, REPOSITORY));
    provider.createContext("/v1/", exchange -> answer(exchange, 500, "{}"));
    provider.start();
    String address = "http://localhost:" + provider.getAddress().getPort();
    TestHub.Builder builder = TestHub.on(Store.POSTGRESQL);
    line = builder.line();
    hub =
        builder
            .over(line)
            .knowingItsAddress()
            .with("GITHUB_API_BASE", address)
            .with("STRIPE_API_BASE", address)
            .with("STRIPE_SECRET_KEY", "sk_test_1")
            .with("GITHUB_CLIENT_ID", "client")
            .with("GITHUB_CLIENT_SECRET", "of-the-tests")
            .start();
  }

  private static final String REPOSITORY =
      "{\"full_name\":\"a/b\",\"description\":\"c\",\"stargazers_count\":1}";

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    try (exchange) {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @AfterAll
  static void stop() {
    if (hub != null) {
      hub.close();
      line.close();
    }
    if (provider != null) {
      provider.stop(0);
    }
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void open() {
    window(1280, 860, ColorScheme.LIGHT);
    page.addInitScript(HURRY);
  }

  @AfterEach
  void close() {
    page.context().close();
  }

  private void window(int width, int height, ColorScheme colours) {
    if (page != null) {
      page.context().close();
    }
    page = browser.window(width, height, colours);
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error") || message.type().equals("warning")) {
            complaints.add(message.text() + " " + message.location());
          }
        });
    page.onPageError(complaints::add);
    page.onRequest(
        request -> {
          if (!request.url().startsWith(hub.url("/").toString())
              && !request.url().startsWith("blob:")
              && !request.url().startsWith("data:")) {
            complaints.add("a request left the hub: " + request.url());
          }
        });
  }

  /** Of the first sign-in, for the tests after it. */
  private static List<Cookie> session = List.of();

  private void signIn(String path) {
    page.context().addCookies(session);
    page.navigate(hub.url(path).toString());
    if (session.isEmpty()) {
      page.getByLabel("Operators’ key").fill(TestHub.ADMIN_KEY);
      button("Sign in").click();
    }
    assertThat(page.locator("#who")).hasText("operator");
    session = page.context().cookies();
    // The browser logs the 401 that led to the sign-in form.
    complaints.removeIf(complaint -> complaint.contains("401"));
  }

  private Locator button(String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private void goTo(String path) {
    page.navigate(hub.url("/console/" + path).toString());
  }

  private static Source failing(AtomicBoolean broken, String what) {
    return new Source(hub)
        .handler(
            "note",
            "order.*",
            exchange -> {
              if (broken.get()) {
                throw new IllegalStateException(what);
              }
            });
  }

  private static void awaitDead(Source source, int count) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                hub.query(
                        "SELECT count(*) FROM inbox_delivery WHERE status = 'dead' AND source = ?",
                        source.name())
                    .orElse("")
                    .equals(Integer.toString(count)));
  }

  @Test
  void an_operator_finds_a_dead_event_by_its_error_replays_it_and_watches_it_turn_done() {
    AtomicBoolean broken = new AtomicBoolean(true);
    Source source = failing(broken, "the warehouse is closed on Sundays");
    UUID event = source.event("evt_sunday", "order.paid", "dead");
    source.event("evt_other", "customer.seen", "ignored");
    broken.set(false);
    page.navigate(hub.url("/console/events").toString());
    page.getByLabel("Operators’ key").fill("not-the-operators-key");
    button("Sign in").click();
    assertThat(page.locator(".complaint")).containsText("not the operators' key");
    page.getByLabel("Operators’ key").fill(TestHub.ADMIN_KEY);
    page.getByLabel("Operators’ key").press("Enter");
    assertThat(page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName("Events")))
        .isVisible();

    page.keyboard().press("/");
    page.keyboard().type("closed on SUNDAYS");
    page.keyboard().press("Enter");
    assertThat(page.locator("tbody tr")).hasCount(1);
    assertThat(page).hasURL(Pattern.compile(".*/console/events\\?q=closed\\+on\\+SUNDAYS"));
    page.keyboard().press("Escape");
    page.keyboard().press("j");
    page.keyboard().press("Enter");

    assertThat(page).hasURL(hub.url("/console/events/" + event).toString());
    assertThat(page.locator(".event-head .pill")).hasText("dead");
    page.evaluate("() => { window.notReloaded = true; }");
    button("Replay").click();
    assertThat(page.locator(".event-head .pill")).hasText("done");
    assertThat(page.locator("tbody .pill").last()).hasText("done");
    assertThat(page.evaluate("() => window.notReloaded")).isEqualTo(true);
  }

  @Test
  void five_hundred_dead_letters_run_again_behind_a_progress_bar() {
    AtomicBoolean broken = new AtomicBoolean(true);
    Source source = failing(broken, "the shelf 1234567 is empty");
    IntStream.range(0, 500).parallel().forEach(i -> source.event("evt_" + i, "order.sent"));
    awaitDead(source, 500);
    broken.set(false);
    signIn("/console/dead-letters");
    Locator group = page.locator("tbody tr", new Page.LocatorOptions().setHasText(source.name()));
    assertThat(group).containsText("the shelf # is empty");
    assertThat(group.locator("td").first()).hasText("500");

    group.getByRole(AriaRole.BUTTON).click();
    assertThat(page.getByRole(AriaRole.DIALOG)).containsText("Replay 500 events?");
    page.screenshot(picture("dead-letters-confirm"));
    button("Replay 500").click();

    assertThat(page.getByRole(AriaRole.PROGRESSBAR)).isVisible();
    assertThat(page.locator(".job")).containsText("Put back: 500 of 500");
    page.screenshot(picture("dead-letters-progress"));
    assertThat(group).hasCount(0);
    await()
        .until(
            () ->
                hub.query(
                        "SELECT count(*) FROM inbox_delivery WHERE status = 'done' AND source = ?",
                        source.name())
                    .equals(Optional.of("500")));
  }

  @Test
  void a_suspended_handlers_backlog_grows_and_shrinks_when_it_goes_on() {
    Source source = failing(new AtomicBoolean(false), "");
    source.event("evt_0", "order.paid", "done");
    signIn("/console/routes");
    String route = source.route("note");
    Locator row = page.locator("tbody tr", new Page.LocatorOptions().setHasText(route));

    row.getByRole(AriaRole.BUTTON).click();
    button("Suspend").click();
    assertThat(row.locator(".pill")).hasText("suspended");
    assertThat(row).containsText("by operator");
    List<UUID> waiting = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      waiting.add(source.event("evt_" + i, "order.paid"));
    }

    assertThat(page.locator(".topology")).containsText("3 wait");
    assertThat(hub.json("/api/admin/events?status=received&source=" + source.name()).get("events"))
        .hasSize(3);
    row.getByRole(AriaRole.BUTTON).click();
    assertThat(row.locator(".pill")).hasText("started");
    assertThat(page.locator(".topology")).not().containsText("3 wait");
    waiting.forEach(event -> source.awaitStatus(event, "done"));
  }

  @Test
  void new_events_appear_by_themselves() {
    Source source = failing(new AtomicBoolean(false), "");
    source.event("evt_first", "order.paid", "done");
    signIn("/console/events?source=" + source.name());
    assertThat(page.locator("tbody tr")).hasCount(1);

    source.event("evt_second", "order.sent");

    assertThat(page.locator("tbody tr")).hasCount(2);
    assertThat(page.locator("tbody tr").first()).containsText("evt_second");
  }

  @Test
  void the_page_says_that_the_store_is_away_and_recovers_by_itself() {
    Source source = failing(new AtomicBoolean(false), "");
    signIn("/console/events?source=" + source.name());
    assertThat(page.locator(".empty")).isVisible();

    line.cut();
    try {
      assertThat(page.getByRole(AriaRole.ALERT)).containsText("event store does not answer");
      page.screenshot(picture("store-away"));
    } finally {
      line.mend();
    }

    assertThat(page.locator("#trouble")).isHidden();
    await().ignoreExceptions().until(() -> source.event("evt_after", "order.paid") != null);
    assertThat(page.locator("tbody tr")).hasCount(1);
  }

  @Test
  void after_the_session_is_over_the_same_view_comes_back() {
    Source source = failing(new AtomicBoolean(false), "");
    source.event("evt_mine", "order.paid", "done");
    signIn("/console/events?status=done&source=" + source.name());
    assertThat(page.locator("tbody tr")).hasCount(1);

    hub.update("DELETE FROM login_session");
    session = List.of();

    assertThat(page.getByRole(AriaRole.DIALOG)).containsText("Your session is over");
    page.getByLabel("Operators’ key").fill(TestHub.ADMIN_KEY);
    button("Sign in").click();
    assertThat(page.getByRole(AriaRole.DIALOG)).hasCount(0);
    assertThat(page).hasURL(Pattern.compile(".*status=done.*"));
    assertThat(page.locator("tbody tr")).hasCount(1);
    button("Sign out").click();
    assertThat(page.getByRole(AriaRole.DIALOG)).containsText("Sign in to see");
    assertThat(hub.query("SELECT count(*) FROM login_session")).contains("0");
  }

  @Test
  void whatever_an_outsider_controls_shows_as_text() {
    String hostile = "<img src=x onerror=\"window.pwned=1\"><script>window.pwned=1</script>";
    String source = "x<b onmouseover=window.pwned=1>";
    Exchange exchange = new DefaultExchange(hub.context());
    exchange.setVariable("eventId", hostile + "\u202egpj.exe");
    exchange.setVariable("type", "order.\"><svg onload=window.pwned=1>" + hostile);
    exchange.setVariable("orderingKey", "'\"><iframe src=javascript:window.pwned=1>");
    exchange.setVariable(
        "requestHeaders",
        Json.text(
            Json.object()
                .put("user-agent", hostile + "\u2067bidi")
                .put("x-" + hostile, "\u0007bell")));
    exchange
        .getMessage()
        .setBody(
            "{\"a\":\""
                + hostile.replace("\"", "\\\"")
                + "\u202e\",\"n\":12345678901234567890.10}");
    Source handled =
        new Source(hub)
            .handler(
                "hostile",
                "*",
                failed -> {
                  throw new IllegalStateException(hostile + "\u2066\u200b");
                });
    hub.context().createProducerTemplate().send("inbox:" + handled.name(), exchange);
    UUID event = exchange.getVariable("receipt", Receipt.class).id();
    handled.awaitStatus(event, "dead");
    signIn("/console/events?source=" + handled.name());

    assertThat(page.locator("tbody tr")).containsText(hostile);
    assertThat(page.locator("tbody tr")).containsText("U+202Egpj.exe");
    page.locator("tbody a").click();
    assertThat(page.locator("h1")).containsText("<svg onload=window.pwned=1>");
    for (String shown :
        List.of(
            "<iframe src=javascript:window.pwned=1>",
            hostile + "U+2067bidi",
            "x-" + hostile,
            "U+0007bell",
            "\"n\": 12345678901234567890.10",
            "U+2066U+200B")) {
      assertThat(page.locator("main")).containsText(shown);
    }
    page.screenshot(picture("hostile"));
    goTo("dead-letters");
    assertThat(page.locator("tbody")).containsText("<svg onload=window.pwned=1>");
    goTo("events?q=" + URLEncoder.encode(source, StandardCharsets.UTF_8));
    assertThat(page.getByLabel("Search").first()).hasValue(source);
    assertThat(page.locator(".empty")).hasText("Nothing matches.");
    assertThat(page.evaluate("() => window.pwned")).isNull();
    assertThat(page.locator("main script, main iframe, main img, main svg[onload]")).hasCount(0);
    assertThat(complaints).isEmpty();
  }

  @Test
  void bytes_show_in_hexadecimal_and_a_mebibyte_of_json_in_a_piece_at_first() {
    Source source = failing(new AtomicBoolean(false), "");
    UUID bytes = source.eventOf("evt_bytes", "order.paid", new byte[] {0, (byte) 0xff, 'H', 'i'});
    StringBuilder json = new StringBuilder("[");
    while (json.length() < MEBIBYTE - 40) {
      json.append("{\"n\":").append(json.length()).append("},");
    }
    UUID large = source.eventOf("evt_large", "order.paid", json.append("\"the end\"]").toString());
    signIn("/console/events/" + bytes);
    assertThat(page.locator(".payload")).containsText("00 ff 48 69");

    goTo("events/" + large);
    button("Show all").waitFor();
    assertThat(payload()).startsWith("[\n  {\n    \"n\": 6\n  },").doesNotContain("the end");
    button("Show all").click();
    assertThat(payload()).endsWith("},\n  \"the end\"\n]");
    button("Raw").click();
    assertThat(payload()).startsWith("[{\"n\":6},").doesNotContain("the end");
  }

  private String payload() {
    return (String) page.evaluate("() => document.querySelector('.payload').textContent");
  }

  @ParameterizedTest
  @CsvSource({"LIGHT,1280", "DARK,390"})
  void every_page_can_be_used_in_either_colours_and_width(ColorScheme colours, int width)
      throws Exception {
    everyPageCanBeUsed(colours, width);
  }

  @ParameterizedTest
  @Tag("faults")
  @CsvSource({"DARK,1280", "LIGHT,390"})
  void every_page_can_be_used_in_the_other_mixtures_too(ColorScheme colours, int width)
      throws Exception {
    everyPageCanBeUsed(colours, width);
  }

  private void everyPageCanBeUsed(ColorScheme colours, int width) throws Exception {
    UUID event = furnish();
    window(width, width == 390 ? 844 : 860, colours);
    String look = colours.name().toLowerCase(Locale.ROOT) + "-" + width;
    page.navigate(hub.url("/console/health").toString());
    Locator github =
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Sign in with GitHub"));
    assertThat(github).hasAttribute("href", "/api/auth/github/login?returnTo=%2Fconsole%2Fhealth");
    page.screenshot(picture("sign-in-" + look));
    assertThat(seriousFindings()).as("axe-core on the sign-in, %s", look).isEmpty();
    signIn("/console/");
    for (String view :
        List.of(
            "",
            "events",
            "events/" + event,
            "events/" + caughtUp,
            "dead-letters",
            "routes",
            // There are more than a hundred, all alike.
            "schemes?q=st",
            "health",
            "suppressions")) {
      goTo(view);
      assertThat(page.locator("main tbody tr, main .card").first()).isVisible();
      if (view.isEmpty()) {
        assertThat(page.locator(".chart")).hasCount(3);
        assertThat(page.locator(".alert")).not().hasCount(0);
      }
      if (view.equals("routes")) {
        assertThat(page.locator(".topology")).isVisible();
        assertThat(page.locator("tbody"))
            .containsText("crm.example.com answered 410: the address is gone");
      }
      if (view.equals("health")) {
        assertThat(page.locator(".logins")).containsText("ada-1815");
      }
      if (view.endsWith("/" + caughtUp)) {
        assertThat(page.locator("main")).containsText("catch-up – the hub fetched it");
        assertThat(page.locator("main")).containsText("its condition does not hold: $.large");
      }
      String name =
          view.isEmpty()
              ? "overview"
              : view.endsWith("/" + caughtUp)
                  ? "events-caught-up"
                  : view.replaceFirst("/.*", "-one").replaceFirst("\\?.*", "");
      page.screenshot(picture(name + "-" + look));
      assertThat(
              page.evaluate(
                  "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"))
          .as("pixels to scroll sideways on " + view)
          .isEqualTo(0);
      assertThat(seriousFindings()).as("axe-core on %s, %s", view, look).isEmpty();
    }
    if (colours == ColorScheme.LIGHT && width == 1280) {
      readmePicture();
    }
    assertThat(complaints).isEmpty();
  }

  private void readmePicture() throws IOException {
    String file = System.getProperty("console.picture", "target/screenshots/console.png");
    page.setViewportSize(1280, 830);
    goTo("");
    assertThat(page.locator(".chart")).hasCount(3);
    page.screenshot(new Page.ScreenshotOptions().setPath(Path.of(file)));
    assertThat(Files.size(Path.of(file))).isLessThan(200_000);
  }

  private static Page.ScreenshotOptions picture(String name) {
    return new Page.ScreenshotOptions()
        .setFullPage(true)
        .setPath(SCREENSHOTS.resolve(name + ".png"));
  }

  /** Accessibility violations by the WCAG rules that axe-core checks. */
  private List<?> seriousFindings() throws IOException {
    try (InputStream axe = ConsoleTest.class.getResourceAsStream("/axe.min.js")) {
      page.evaluate(new String(axe.readAllBytes(), StandardCharsets.UTF_8));
    }
    return (List<?>)
        page.evaluate(
            """
            async () => (await axe.run(document, {resultTypes: ['violations'], iframes: false, preload: false})).violations
              .filter(one => ['serious', 'critical'].includes(one.impact))
              .flatMap(one => one.nodes.map(node => one.id + ': ' + node.html.slice(0, 160) + ' ' + node.failureSummary))
            """);
  }

  /** What a page shows seldom: who has to log in again, who is gone, what came by a catch-up. */
  private static void furnishRest() {
    for (String subject : List.of("ada-1815", "00u1a2b3c4d5e6f7g8h9" + "-long".repeat(12))) {
      UUID version = UUID.randomUUID();
      hub.update(
          "INSERT INTO token VALUES ('github', ?, 'login-required', '', '', 'a', '', now(), NULL, ?)",
          subject,
          version);
      hub.append(
          "hub",
          version.toString(),
          "hub.token.died",
          "",
          Json.text(
              Json.object()
                  .put("provider", "github")
                  .put("reason", "github does not honour the grant: bad_refresh_token")));
    }
    hub.update(
        "INSERT INTO suppression VALUES ('grace.hopper@example.com', 'bounce', 'resend', now(), ?),"
            + " (?, 'complaint', 'sendgrid', now(), ?)",
        UUID.randomUUID(),
        "a.very.long.name.that.somebody.really.has".repeat(2) + "@mail.example.com",
        UUID.randomUUID());
    Source forwarded =
        new Source(hub)
            .handler("forward-to-the-warehouse-of-the-northern-region", "order.*", exchange -> {})
            .handler("note-large-orders", "order.*", "&when=$.large", exchange -> {})
            .handler("welcome", "customer.*", exchange -> {});
    caughtUp = forwarded.event("evt_missed", "order.paid", "done");
    hub.update("INSERT INTO inbox_arrival VALUES (?, 'catch-up')", caughtUp);
    hub.context()
        .getRegistry()
        .findSingleByType(HandlerSuspension.class)
        .suspend(
            forwarded.route("forward-to-the-warehouse-of-the-northern-region"),
            "crm.example.com answered 410: the address is gone");
    forwarded.event("evt_waits", "order.paid");
  }

  private static UUID furnished;
  private static UUID caughtUp;

  /** Creates data for every page. */
  private static synchronized UUID furnish() {
    if (furnished != null) {
      return furnished;
    }
    Source shop = failing(new AtomicBoolean(true), "HTTP 503 of the warehouse for order 10023");
    Source later =
        new Source(hub)
            .handler(
                "invoice",
                "invoice.*",
                "&retryDelaysSeconds=600",
                exchange -> {
                  throw new IllegalStateException("the ledger is locked");
                });
    Source fine = failing(new AtomicBoolean(false), "");
    for (int i = 0; i < 12; i++) {
      fine.event("evt_1Pq8" + i, i % 2 == 0 ? "order.paid" : "order.sent");
      if (i < 4) {
        furnished = shop.event("evt_7Hk3" + i, "order.returned");
        later.event("in_92J" + i, "invoice.finalized");
        fine.event("cus_5T" + i, "customer.seen");
      }
    }
    furnishRest();
    awaitDead(shop, 4);
    for (int i = 0; i < 10; i++) {
      hub.get("/api/github/repositories/apache/camel-" + i);
    }
    hub.post(
        "/api/payments/customers",
        "{\"email\":\"ada@example.com\"}",
        "Authorization",
        "Bearer " + TestHub.API_KEY);
    Instant now = Instant.now().truncatedTo(ChronoUnit.MINUTES);
    for (int i = 1; i <= 59; i++) {
      Object at = now.minus(i, ChronoUnit.MINUTES).atOffset(ZoneOffset.UTC);
      long wave = Math.round(40 + 25 * Math.sin(i / 7.0) + i * 7 % 11);
      hub.update(
          "INSERT INTO figure VALUES (?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT DO NOTHING",
          at,
          new UUID(1, 1),
          wave,
          wave - i % 3,
          i % 19 == 0 ? 2L : 0L,
          i % 5 == 0 ? 4L : 0L,
          "18:" + wave + " " + (22 + i % 4) + ":6");
      for (String name : List.of("github", "stripe")) {
        hub.update(
            "INSERT INTO call_figure VALUES (?, ?, ?, ?, ?, 0, ?) ON CONFLICT DO NOTHING",
            at,
            new UUID(1, 1),
            name,
            wave / 3,
            i % 13 == 0 ? 3L : 0L,
            (name.equals("github") ? 26 : 30) + i % 3 + ":" + wave);
      }
    }
    // Otherwise the alert is evaluated every thirty seconds only.
    hub.update(
        """
        INSERT INTO alert (name, version, firing, since, measured, detail, told, told_at, owed)
        VALUES ('dead-letters', 1, TRUE, now(), 4, ?, 1, now(), '')
        ON CONFLICT (name) DO UPDATE
          SET version = alert.version + 1, firing = TRUE, since = now(), measured = 4,
              detail = excluded.detail
        """,
        shop.name());
    await()
        .atMost(Duration.ofSeconds(90))
        .until(() -> !hub.json("/api/admin/alerts").get("alerts").isEmpty());
    return furnished;
  }
}
