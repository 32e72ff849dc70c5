package hub.catchup;

import hub.call.http.HttpStub;
import hub.catchup.Undelivered.Window;
import hub.config.Setting;
import hub.config.Settings;
import hub.inbox.SourceNames;
import hub.inbox.camel.InboxComponent;
import hub.util.HubClock;
import hub.util.step.ContextStep;
import hub.webhook.FetchedEvents;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches events that a provider could not deliver and stores them: soon after the start, then at
 * intervals, and when an operator asks for it. The Kamelet {@code catch-up-source} makes it, sets
 * its parameters and calls it every second and again while the exchange property {@link #MORE} is
 * true; the body is then a list of {@link ShowEvent.Stored}. Called by one thread, and stopped by
 * another.
 */
public final class CatchUp extends ContextStep {
  /** Exchange property: whether there is something in the body, or more to come. */
  public static final String MORE = "HubCatchUpMore";

  /** Longest {@code everyMinutes} and {@code olderThanMinutes}: a month. */
  public static final int MOST_MINUTES = 44_640;

  private static final Logger LOG = LoggerFactory.getLogger("hub.catchup");

  private final Map<String, String> options = new HashMap<>();
  private final Queue<CatchUpOrder> orders = new ConcurrentLinkedQueue<>();
  private String source = "";
  private String provider = "";
  private String types = "";
  private int everyMinutes = 60;
  private int lookbackHours = 72;
  private int olderThanMinutes = 30;
  private Undelivered undelivered;
  private CatchUpSchedule schedule;
  private InboxSink sink;
  private CatchUpMetrics metrics;
  private CatchUps catchUps;
  private Clock clock;
  private Settings settings;
  private boolean isTest;
  private boolean toldMissing;
  private CatchUpWork work;

  @Override
  public synchronized void process(Exchange exchange) {
    List<ShowEvent.Stored> added = isTest ? List.of() : added();
    exchange.getMessage().setBody(added);
    exchange.setProperty(MORE, !added.isEmpty() || work != null);
  }

  private List<ShowEvent.Stored> added() {
    if (work == null) {
      if (!isConfigured()) {
        return List.of();
      }
      CatchUpOrder order = orders.poll();
      work =
          order != null
              ? CatchUpWork.ordered(
                  order, window(order.since()), undelivered, sink, catchUps.table())
              : schedule.next(undelivered, sink).orElse(null);
    }
    if (work == null) {
      return List.of();
    }
    List<ShowEvent.Stored> added = work.step(getCamelContext().isStopping());
    if (work.isOver()) {
      metrics.count(work.run(), work.state());
      work.log(source);
      work = null;
    }
    return added;
  }

  private boolean isConfigured() {
    List<String> missing = missing();
    if (!missing.isEmpty() && !toldMissing) {
      LOG.info(
          "catch-up source={} outcome=not-configured: nothing is fetched until {} is set",
          source,
          String.join(", ", missing));
    }
    toldMissing = !missing.isEmpty();
    return missing.isEmpty();
  }

  /** Names of the settings without which it does nothing. */
  List<String> missing() {
    return undelivered.missing(settings);
  }

  String source() {
    return source;
  }

  void take(CatchUpOrder order) {
    orders.add(order);
  }

  /** How far back it looks by itself. */
  Duration lookback() {
    Duration written = Duration.ofHours(lookbackHours);
    return written.compareTo(undelivered.kept()) < 0 ? written : undelivered.kept();
  }

  /** What an operator is told who asks for more than there is; mostly empty. */
  String note(Instant since, Instant now) {
    if (!since.isBefore(now.minus(mostLookback()).minusSeconds(60))) {
      return "";
    }
    return undelivered.kept().compareTo(retention()) <= 0
        ? "%s keeps %d days; older events are not to be had."
            .formatted(undelivered.provider(), undelivered.kept().toDays())
        : "%s is %d: what is older may have been handled and deleted, and is not fetched again."
            .formatted(Setting.RETENTION_DAYS.key(), retention().toDays());
  }

  private Window window(Instant since) {
    Instant first = clock.instant().minus(mostLookback());
    return CatchUpSchedule.window(since.isBefore(first) ? first : since, clock.instant());
  }

  private Duration mostLookback() {
    return undelivered.kept().compareTo(retention()) < 0 ? undelivered.kept() : retention();
  }

  private Duration retention() {
    return Duration.ofDays(settings.count(Setting.RETENTION_DAYS));
  }

  /**
   * @throws IllegalArgumentException for parameters that cannot be, each with its remedy
   */
  @Override
  protected void doInit() {
    settings = bean(Settings.BEAN, Settings.class);
    require("everyMinutes", everyMinutes, 1, MOST_MINUTES);
    require("lookbackHours", lookbackHours, 1, Integer.MAX_VALUE);
    require("olderThanMinutes", olderThanMinutes, 0, MOST_MINUTES);
    SourceNames.require("catch-up-source", source);
    if (source.isBlank()) {
      throw new IllegalArgumentException("source: missing; name the source that is caught up");
    }
    if (Duration.ofHours(lookbackHours).compareTo(retention()) > 0) {
      throw new IllegalArgumentException(
          "lookbackHours=%d: more than %s (%d) keeps; an event that was handled and deleted would be handled again. Write %d or less"
              .formatted(
                  lookbackHours,
                  Setting.RETENTION_DAYS.key(),
                  settings.count(Setting.RETENTION_DAYS),
                  retention().toHours()));
    }
    if (Duration.ofHours(lookbackHours).compareTo(Duration.ofMinutes(olderThanMinutes)) <= 0) {
      throw new IllegalArgumentException(
          "lookbackHours=%d: not longer than olderThanMinutes=%d, so nothing lies between them"
              .formatted(lookbackHours, olderThanMinutes));
    }
    undelivered =
        new UndeliveredFactory(
                getCamelContext(),
                settings,
                options,
                () -> getCamelContext().isStopping() || !isRunAllowed())
            .make(provider, this);
  }

  private static void require(String parameter, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          parameter + "=" + value + ": must be from " + least + " to " + most);
    }
  }

  @Override
  protected void doStart() {
    clock = HubClock.of(getCamelContext());
    isTest = getCamelContext().getRegistry().lookupByName(HttpStub.BEAN) != null;
    catchUps = bean(CatchUps.BEAN, CatchUps.class);
    sink = new InboxSink(source, inbox(), clock);
    metrics =
        new CatchUpMetrics(
            source, () -> getCamelContext().getRegistry().findSingleByType(MeterRegistry.class));
    metrics.register();
    schedule =
        new CatchUpSchedule(
            catchUps.table(),
            source,
            String.join(" ", source, provider, options.getOrDefault("path", "")).strip(),
            Duration.ofMinutes(everyMinutes),
            lookback(),
            Duration.ofMinutes(olderThanMinutes),
            clock);
    if (Duration.ofHours(lookbackHours).compareTo(undelivered.kept()) > 0) {
      LOG.warn(
          "catch-up source={}: lookbackHours is {}, but {} keeps its events for {} hours",
          source,
          lookbackHours,
          undelivered.provider(),
          undelivered.kept().toHours());
    }
    catchUps.add(this);
  }

  @Override
  protected synchronized void doStop() throws SQLException {
    if (catchUps != null) {
      catchUps.remove(this);
    }
    if (work != null) {
      work.step(true);
      work = null;
    }
  }

  private InboxComponent inbox() {
    return getCamelContext().getComponent("inbox", InboxComponent.class);
  }

  /** What the source's handlers take now, or the parameter. */
  Types types() {
    return Types.of(types, inbox().handledTypes(source));
  }

  FetchedEvents reader() {
    return bean(FetchedEvents.BEAN, FetchedEvents.class);
  }

  /** Name of the source in the inbox. */
  public void setSource(String source) {
    this.source = source.strip();
  }

  /** {@code stripe}, {@code github} or {@code http}. */
  public void setProvider(String provider) {
    this.provider = provider.strip();
  }

  /** Types that are fetched, as a handler writes them; empty: those that handlers take. */
  public void setTypes(String types) {
    this.types = types;
  }

  /** Minutes between two runs, from 1 to {@link #MOST_MINUTES}. */
  public void setEveryMinutes(int everyMinutes) {
    this.everyMinutes = everyMinutes;
  }

  /** How far back a run looks, in hours from 1 to the retention of events. */
  public void setLookbackHours(int lookbackHours) {
    this.lookbackHours = lookbackHours;
  }

  /**
   * Younger events are left to the provider's own retries, from 0 to {@link #MOST_MINUTES} and less
   * than the look-back.
   */
  public void setOlderThanMinutes(int olderThanMinutes) {
    this.olderThanMinutes = olderThanMinutes;
  }

  /** The parameters of the provider, by name; see {@link UndeliveredFactory}. */
  public Map<String, String> getOptions() {
    return options;
  }
}
