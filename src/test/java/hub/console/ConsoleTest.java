package hub.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import hub.testing.Browser;
import hub.testing.FaultyLine;
import hub.testing.Source;
import hub.testing.Store;
import hub.testing.TestHub;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The console in a real browser, over PostgreSQL on a line that can be cut. */
class ConsoleTest {
  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  private static Browser browser;
  private static FaultyLine line;
  private static TestHub hub;

  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private Page page;

  @BeforeAll
  static void start() {
    browser = Browser.open();
    TestHub.Builder builder = TestHub.on(Store.POSTGRESQL);
    line = builder.line();
    hub = builder.over(line).start();
  }

  @AfterAll
  static void stop() {
    if (hub != null) {
      hub.close();
      line.close();
    }
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void open() {
    page = window(1280, 860, ColorScheme.LIGHT);
  }

  @AfterEach
  void close() {
    page.context().close();
  }

  private Page window(int width, int height, ColorScheme colours) {
    Page opened = browser.window(width, height, colours);
    opened.onConsoleMessage(
        message -> {
          if (message.type().equals("error") || message.type().equals("warning")) {
            complaints.add(message.text() + " " + message.location());
          }
        });
    opened.onPageError(complaints::add);
    opened.onRequest(
        request -> {
          if (!request.url().startsWith(hub.url("/").toString())
              && !request.url().startsWith("blob:")
              && !request.url().startsWith("data:")) {
            complaints.add("a request left the hub: " + request.url());
          }
        });
    return opened;
  }

  private void signIn(String path) {
    page.navigate(hub.url(path).toString());
    page.getByLabel("Operators’ key").fill(TestHub.ADMIN_KEY);
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Sign in")).click();
    assertThat(page.locator("#who")).hasText("operator");
    // The browser itself tells of the 401 that asked for the key.
    complaints.removeIf(complaint -> complaint.contains("401"));
  }

  @Test
  void look() {
    AtomicBoolean broken = new AtomicBoolean(true);
    Source shop =
        new Source(hub)
            .handler(
                "note",
                "order.*",
                exchange -> {
                  if (broken.get()) {
                    throw new IllegalStateException(
                        "the warehouse answered 503 for order "
                            + exchange.getVariable("providerEventId"));
                  }
                });
    for (int i = 0; i < 12; i++) {
      shop.event("evt_" + i, i % 3 == 0 ? "order.paid" : "order.sent", "dead");
      shop.event("oth_" + i, "customer.seen", "ignored");
    }
    signIn("/console/");
    for (String view :
        List.of(
            "",
            "events",
            "events/" + shop.event("evt_9", "order.paid"),
            "dead-letters",
            "routes",
            "health")) {
      page.navigate(hub.url("/console/" + view).toString());
      page.waitForTimeout(1500);
      page.screenshot(
          new Page.ScreenshotOptions()
              .setFullPage(true)
              .setPath(SCREENSHOTS.resolve("look-" + view.replaceAll("/.*", "-one") + ".png")));
    }
    System.out.println(complaints);
  }
}
