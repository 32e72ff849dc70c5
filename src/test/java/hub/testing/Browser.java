package hub.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A real Chromium, the machine's own. Tests that need one are skipped where there is none; {@code
 * .ci/run} installs it.
 */
public final class Browser implements AutoCloseable {
  private static final List<String> PLACES =
      List.of(
          "/usr/bin/chromium",
          "/usr/bin/chromium-browser",
          "/usr/bin/google-chrome",
          "/usr/bin/google-chrome-stable");

  private static final String NONE =
      "skipped: no Chromium on this machine; 'apt-get install chromium' brings one, CHROMIUM names"
          + " another";

  private static final double PATIENCE_MILLIS = 15_000;

  private final Playwright playwright;
  private final com.microsoft.playwright.Browser browser;

  private Browser(Playwright playwright, com.microsoft.playwright.Browser browser) {
    this.playwright = playwright;
    this.browser = browser;
  }

  /** Starts it, or skips the test. {@code CHROMIUM} names another program than the usual ones. */
  public static Browser open() {
    Needs.BROWSER.tagged();
    Optional<Path> program =
        Optional.ofNullable(System.getenv("CHROMIUM"))
            .map(Path::of)
            .or(() -> PLACES.stream().map(Path::of).filter(Files::isExecutable).findFirst());
    if (program.isEmpty()) {
      // Maven's console keeps the reason of a skipped test to itself.
      System.out.println(NONE);
    }
    assumeTrue(program.isPresent(), NONE);
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    return new Browser(
        playwright,
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(program.get())
                    .setArgs(
                        List.of(
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-dev-shm-usage",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--no-first-run"))));
  }

  /** A window that shares nothing with any other. */
  public Page window(int width, int height, ColorScheme colours) {
    BrowserContext context =
        browser.newContext(
            new com.microsoft.playwright.Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setColorScheme(colours)
                .setTimezoneId("Europe/Berlin")
                .setLocale("en-GB"));
    context.setDefaultTimeout(PATIENCE_MILLIS);
    return context.newPage();
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}
