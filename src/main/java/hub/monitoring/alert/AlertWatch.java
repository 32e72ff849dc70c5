package hub.monitoring.alert;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.config.Setting;
import hub.config.Settings;
import hub.inbox.InboxVariables;
import hub.util.Json;
import hub.util.step.ContextStep;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Evaluates one alert. If a message is due, it becomes the body, a JSON object, and the variables
 * {@code alertName}, {@code alertState} and so on; otherwise {@code alertState} is null. The
 * message counts as sent when the route completes; if the route fails it is sent again under the
 * same event id. Created by the Kamelet {@code alert-source}, whose parameters it takes.
 * Thread-safe once started.
 */
public final class AlertWatch extends ContextStep {
  private static final Logger LOG = LoggerFactory.getLogger("hub.alert");
  private static final List<String> SEVERITIES = List.of("critical", "warning", "info");

  /** Sent instead of the summary, whose measurement no longer holds. */
  private static final String RESOLVED = "back to normal.";

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
    Optional<Alerts.Notice> notice = rule.flatMap(known -> alerts().evaluate(known));
    exchange.removeVariable("alertState");
    notice.ifPresent(known -> setMessage(exchange, known));
  }

  private void setMessage(Exchange exchange, Alerts.Notice notice) {
    AlertState state = notice.state();
    String word = notice.message().text();
    String summaryText =
        notice.message() == AlertState.Message.RESOLVED
            ? RESOLVED
            : notice.rule().summary(state.measurement().value(), state.measurement().detail());
    String title = "[" + word + "] " + notice.rule().name() + ": " + summaryText;
    exchange.setVariable("alertName", notice.rule().name());
    exchange.setVariable("alertState", word);
    exchange.setVariable("alertSeverity", notice.rule().severity());
    exchange.setVariable("alertSummary", summaryText);
    exchange.setVariable("alertValue", state.measurement().value());
    exchange.setVariable(InboxVariables.EVENT_ID, state.key(notice.message()));
    exchange.setVariable(InboxVariables.TYPE, word);
    exchange.setVariable(InboxVariables.ORDERING_KEY, notice.rule().name());
    exchange.getMessage().setBody(Json.bytes(body(notice, word, summaryText, title)));
    exchange
        .getExchangeExtension()
        .addOnCompletion(
            new SynchronizationAdapter() {
              @Override
              public void onComplete(Exchange done) {
                alerts().sent(notice);
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

  private ObjectNode body(Alerts.Notice notice, String word, String summaryText, String title) {
    AlertState state = notice.state();
    Settings settings = bean(Settings.BEAN, Settings.class);
    String since = Json.time(state.startsAt().orElse(Instant.EPOCH));
    String text =
        summaryText
            + "\n\nAlert: "
            + notice.rule().name()
            + " ("
            + notice.rule().severity()
            + "), "
            + word
            + "\nSince: "
            + since
            + (state.measurement().detail().isEmpty() || summaryText.equals(RESOLVED)
                ? ""
                : "\nWhat: " + state.measurement().detail())
            + "\nConsole: "
            + settings.text(Setting.PUBLIC_URL)
            + "/console/";
    return Json.object()
        .put("name", notice.rule().name())
        .put("state", word)
        .put("severity", notice.rule().severity())
        .put("summary", summaryText)
        .put("detail", state.measurement().detail())
        .put("value", state.measurement().value())
        .put("since", since)
        .put("title", title)
        .put("text", text);
  }

  private Alerts alerts() {
    return bean(Alerts.BEAN, Alerts.class);
  }

  /** Starts with the route, so that a rule with wrong parameters stops the start. */
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

  /** Name of the alert, unique over all routes. */
  public void setName(String name) {
    this.name = name;
  }

  /** A condition such as {@code dead-letters}; see {@link AlertCondition}. */
  public void setCondition(String condition) {
    this.condition = condition;
  }

  /** Fires when the measurement is above this. */
  public void setAbove(double above) {
    this.above = above;
  }

  /** The one source or provider to measure; empty: all. */
  public void setOf(String of) {
    this.of = of.strip();
  }

  /** How many minutes back are counted, 1 to 1,440; default 5. */
  public void setWindowMinutes(int windowMinutes) {
    this.windowMinutes = windowMinutes;
  }

  /** How many minutes the condition must hold before it fires or is resolved, from 0. */
  public void setForMinutes(int forMinutes) {
    this.forMinutes = forMinutes;
  }

  /** Minutes between repeated messages while it fires, from 0; 0: never repeated. */
  public void setRepeatMinutes(int repeatMinutes) {
    this.repeatMinutes = repeatMinutes;
  }

  public void setSeverity(String severity) {
    this.severity = severity;
  }

  /** One sentence; {@code {value}} and {@code {detail}} are replaced by the measurement. */
  public void setSummary(String summary) {
    this.summary = summary;
  }
}
