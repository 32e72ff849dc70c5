package hub.console;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import hub.testing.Browser;
import hub.testing.Source;
import hub.testing.Store;
import hub.testing.TestHub;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** People sign in to the console with a login provider, in a real browser. */
@Tag("browser")
class ConsoleLoginTest {
  private static MockOAuth2Server provider;
  private static Browser browser;
  private static TestHub hub;

  @BeforeAll
  static void start() {
    browser = Browser.open();
    provider = new MockOAuth2Server();
    provider.start();
    hub =
        TestHub.on(Store.H2)
            .knowingItsAddress()
            .with("hub.operators", "mock:grace-1906")
            .with("hub.viewers", "mock:Ada@Example.com")
            .loginProviders(
                """
                mock:
                  title: The company
                  issuer: %s
                  client-id: the-client
                  client-secret: the-client-secret
                """
                    .formatted(provider.issuerUrl("people")))
            .start();
  }

  @AfterAll
  static void stop() {
    if (hub != null) {
      hub.close();
      provider.shutdown();
    }
    if (browser != null) {
      browser.close();
    }
  }

  private static Page comes(String subject, String name, String mail, String path) {
    provider.enqueueCallback(
        new DefaultOAuth2TokenCallback(
            "people",
            subject,
            "JWT",
            List.of("the-client"),
            Map.of("name", name, "email", mail, "email_verified", true),
            3600));
    Page page = browser.window(1280, 860, ColorScheme.LIGHT);
    page.navigate(hub.url(path).toString());
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Sign in with The company"))
        .click();
    return page;
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static UUID dead() {
    Source source =
        new Source(hub)
            .handler(
                "broken",
                "*",
                exchange -> {
                  throw new IllegalStateException("the warehouse is closed");
                });
    return source.event("evt_1", "order.paid", "dead");
  }

  @Test
  void an_operator_named_by_the_providers_id_may_replay() {
    UUID event = dead();

    Page page = comes("grace-1906", "Grace", "grace@example.com", "/console/events/" + event);

    assertThat(page).hasURL(hub.url("/console/events/" + event).toString());
    assertThat(page.locator("#who")).hasText("Grace");
    button(page, "Replay").click();
    assertThat(page.locator("body")).containsText("Put back");
    page.context().close();
  }

  @Test
  void a_viewer_named_by_a_verified_address_sees_all_and_changes_nothing() {
    UUID event = dead();

    Page page = comes("ada-1815", "Ada", "ada@example.com", "/console/events/" + event);

    assertThat(page.locator("#who")).hasText("Ada (read-only)");
    assertThat(page.locator(".event-head .pill")).hasText("dead");
    page.screenshot(
        new Page.ScreenshotOptions()
            .setFullPage(true)
            .setPath(Path.of("target", "screenshots", "event-one-viewer.png")));
    assertThat(button(page, "Replay")).hasCount(0);
    Object status =
        page.evaluate(
            "id => fetch('/api/admin/events/' + id + '/replay', {method: 'POST'}).then(answer => answer.status)",
            event.toString());
    assertThat(status).isEqualTo(403);
    page.context().close();
  }

  @Test
  void somebody_who_is_not_listed_is_told_so() {
    Page page = comes("eve-666", "Eve", "eve@example.com", "/console/");

    assertThat(page).hasURL(Pattern.compile(".*/console/"));
    assertThat(page.locator("main")).containsText("Not for you");
    page.screenshot(
        new Page.ScreenshotOptions().setPath(Path.of("target", "screenshots", "not-listed.png")));
    page.context().close();
  }
}
