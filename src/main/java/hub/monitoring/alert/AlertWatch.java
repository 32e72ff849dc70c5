package hub.monitoring.alert;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.config.Setting;
import hub.config.Settings;
import hub.inbox.InboxVariables;
import hub.util.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.CamelContextHelper;
import org.apache.camel.support.SynchronizationAdapter;
import org.apache.camel.support.service.ServiceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether an alert has something to say and, if so, leaves it as the body, a JSON object, and
 * in variables; {@code alertState} is null else. What the route does with it counts as done when
 * the route ends well; else it is said again, under the same event id. Made by the Kamelet {@code
 * alert-source}, whose parameters it takes. Thread-safe once started.
 */
public final class AlertWatch extends ServiceSupport implements Processor, CamelContextAware {
  private static final Logger LOG = LoggerFactory.getLogger("hub.alert");
  private static final List<String> SEVERITIES = List.of("critical", "warning", "info");

  /** What was measured when it fired is so no more. */
  private static final String OVER = "back to normal.";

  private CamelContext context;
  private String name;
  private String condition;
  private double above;
  private String of = "";
  private int windowMinutes = 5;
  private int forMinutes;
  private int repeatMinutes;
  private String severity = "warning";
  private String summary = "";
  private volatile Optional<AlertRule> rule = Optional.empty();

  @Override
  public void process(Exchange exchange) {
    Optional<Alerts.Notice> notice = rule.flatMap(known -> alerts().look(known));
    exchange.removeVariable("alertState");
    notice.ifPresent(known -> say(exchange, known));
  }

  private void say(Exchange exchange, Alerts.Notice notice) {
    AlertState state = notice.state();
    String word = notice.message().text();
    String told =
        notice.message() == AlertState.Message.OVER
            ? OVER
            : notice.rule().summary(state.measured().value(), state.measured().detail());
    String title = "[" + word + "] " + notice.rule().name() + ": " + told;
    exchange.setVariable("alertName", notice.rule().name());
    exchange.setVariable("alertState", word);
    exchange.setVariable("alertSeverity", notice.rule().severity());
    exchange.setVariable("alertSummary", told);
    exchange.setVariable("alertValue", state.measured().value());
    exchange.setVariable(InboxVariables.EVENT_ID, state.key(notice.message()));
    exchange.setVariable(InboxVariables.TYPE, word);
    exchange.setVariable(InboxVariables.ORDERING_KEY, notice.rule().name());
    exchange.getMessage().setBody(Json.bytes(body(notice, word, told, title)));
    exchange
        .getExchangeExtension()
        .addOnCompletion(
            new SynchronizationAdapter() {
              @Override
              public void onComplete(Exchange done) {
                alerts().told(notice);
              }

              @Override
              public void onFailure(Exchange failed) {
                LOG.warn(
                    "alert={} state={} outcome=not-told, again in a minute: {}",
                    notice.rule().name(),
                    word,
                    String.valueOf(failed.getException()));
              }
            });
  }

  private ObjectNode body(Alerts.Notice notice, String word, String told, String title) {
    AlertState state = notice.state();
    Settings settings = CamelContextHelper.mandatoryLookup(context, "settings", Settings.class);
    String since = Json.time(state.since().orElse(Instant.EPOCH));
    String text =
        told
            + "\n\nAlert: "
            + notice.rule().name()
            + " ("
            + notice.rule().severity()
            + "), "
            + word
            + "\nSince: "
            + since
            + (state.measured().detail().isEmpty() || told.equals(OVER)
                ? ""
                : "\nWhat: " + state.measured().detail())
            + "\nConsole: "
            + settings.text(Setting.PUBLIC_URL)
            + "/console/";
    return Json.object()
        .put("name", notice.rule().name())
        .put("state", word)
        .put("severity", notice.rule().severity())
        .put("summary", told)
        .put("detail", state.measured().detail())
        .put("value", state.measured().value())
        .put("since", since)
        .put("title", title)
        .put("text", text);
  }

  private Alerts alerts() {
    return CamelContextHelper.mandatoryLookup(context, "alerts", Alerts.class);
  }

  /** With the route, so that a watch that makes no sense refuses to start. */
  @Override
  protected void doStart() {
    AlertRule made =
        new AlertRule(
            name,
            AlertCondition.of(condition),
            above,
            of,
            Duration.ofMinutes(within("windowMinutes", windowMinutes, 1, 24 * 60)),
            Duration.ofMinutes(within("forMinutes", forMinutes, 0, Integer.MAX_VALUE)),
            Duration.ofMinutes(within("repeatMinutes", repeatMinutes, 0, Integer.MAX_VALUE)),
            severity,
            summary);
    if (!SEVERITIES.contains(severity)) {
      throw new IllegalArgumentException(
          "severity '" + severity + "': write " + String.join(", ", SEVERITIES));
    }
    alerts().add(made);
    rule = Optional.of(made);
  }

  private static int within(String parameter, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          parameter + "=" + value + ": must be from " + least + " to " + most);
    }
    return value;
  }

  @Override
  protected void doStop() {
    rule.ifPresent(alerts()::remove);
    rule = Optional.empty();
  }

  @Override
  public CamelContext getCamelContext() {
    return context;
  }

  @Override
  public void setCamelContext(CamelContext camelContext) {
    this.context = camelContext;
  }

  /** Name of the alert, once in all routes. */
  public void setName(String name) {
    this.name = name;
  }

  /** {@code dead-letters} and the like. */
  public void setCondition(String condition) {
    this.condition = condition;
  }

  /** Fires when what is measured is more than this. */
  public void setAbove(double above) {
    this.above = above;
  }

  /** The one source or provider that is meant; empty: all. */
  public void setOf(String of) {
    this.of = of.strip();
  }

  /** How far back is counted, from 1 to 1,440. */
  public void setWindowMinutes(int windowMinutes) {
    this.windowMinutes = windowMinutes;
  }

  /** For how long the measure must say so, from 0. */
  public void setForMinutes(int forMinutes) {
    this.forMinutes = forMinutes;
  }

  /** How long after a message the next one, from 0; 0: never. */
  public void setRepeatMinutes(int repeatMinutes) {
    this.repeatMinutes = repeatMinutes;
  }

  public void setSeverity(String severity) {
    this.severity = severity;
  }

  /** One sentence; {@code {value}} and {@code {detail}} stand for what was measured. */
  public void setSummary(String summary) {
    this.summary = summary;
  }
}
