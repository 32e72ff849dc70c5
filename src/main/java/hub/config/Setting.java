package hub.config;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * All settings of the hub itself: key, kind, default and meaning. The program, the lint and the
 * reference use this one declaration; {@code application.properties} lists each of them. What an
 * integration needs is declared in its folder, see {@link Variables}.
 */
public enum Setting implements Declared {
  DEV(
      "hub.dev",
      ValueKind.SWITCH,
      "false",
      "For work on routes, never in production: files saved in routes/ are taken over while the hub runs; run --dev sets it."),
  PUBLIC_URL(
      "hub.public-url",
      "PUBLIC_URL",
      ValueKind.URL,
      "http://localhost:8080",
      "Base of the links given out; cookies are Secure unless it is http on localhost."),
  DATA_DIR(
      "hub.data-dir",
      "DATA_DIR",
      ValueKind.PATH,
      "data",
      "Folder of the embedded database and the generated keys."),
  SECRETS_DIR(
      "hub.secrets-dir",
      ValueKind.TEXT,
      "",
      "Folder of files that hold a secret each, named like its variable, read again when they change; empty: secrets in the data folder."),
  SECRETS_MIN_BYTES(
      "hub.secrets.min-bytes",
      ValueKind.COUNT,
      "16",
      "Least length of the secrets that people choose (webhooks', callers', operators'), in bytes; a scheme's own bound wins."),
  SOURCES(
      "hub.sources",
      ValueKind.TEXT,
      "",
      "Schemes that are opened as sources without a route file, comma-separated, such as gitlab,typeform; a route file of that source wins."),
  DATABASE_URL(
      "hub.database.url",
      "DATABASE_URL",
      ValueKind.TEXT,
      "",
      "JDBC address of the event store, jdbc:postgresql://…; empty: embedded H2 in the data folder."),
  DATABASE_USER(
      "hub.database.user", "DATABASE_USER", ValueKind.TEXT, "", "User of the event store."),
  DATABASE_PASSWORD(
      "hub.database.password",
      "DATABASE_PASSWORD",
      ValueKind.SECRET,
      "",
      "Password of the event store."),
  DATABASE_READER_USER(
      "hub.database.reader-user",
      ValueKind.TEXT,
      "",
      "PostgreSQL: user that runs people's statements, for a hub whose own user must not make users; empty: the hub makes one."),
  DATABASE_READER_PASSWORD(
      "hub.database.reader-password",
      ValueKind.SECRET,
      "",
      "Password of hub.database.reader-user."),
  DATABASE_SCHEMA(
      "hub.database.schema",
      ValueKind.IDENTIFIER,
      "hub",
      "PostgreSQL: schema of the hub's tables, created when missing; an existing installation in public stays there."),
  DATABASE_POOL_SIZE(
      "hub.database.pool-connections",
      ValueKind.COUNT,
      "20",
      "Connections to the event store, at most."),
  ADMIN_KEY(
      "hub.admin-key",
      ValueKind.SECRET,
      "",
      "Key of the operators; empty: one is made at the first start and printed once."),
  API_KEYS(
      "hub.api-keys",
      ValueKind.SECRET,
      "",
      "Keys of the callers, name:key[:scope+scope], comma-separated; empty: one is made at the first start."),
  ENCRYPTION_KEYS(
      "hub.encryption-keys",
      ValueKind.SECRET,
      "",
      "Keys that people's tokens are encrypted with, id:base64(32 bytes), newest first, comma-separated; empty: one is made at the first start."),
  OPERATORS(
      "hub.operators",
      ValueKind.PEOPLE,
      "",
      "People who may operate the hub once they log in, provider:subject or provider:verified-mail, comma-separated."),
  VIEWERS(
      "hub.viewers",
      ValueKind.PEOPLE,
      "",
      "People who may read the console but not change anything, in the same form."),
  MAX_BODY_BYTES(
      "hub.webhook.max-body-bytes",
      ValueKind.COUNT,
      "1048576",
      "Largest body of a webhook or another request that is accepted, in bytes."),
  BODY_TIMEOUT_SECONDS(
      "hub.webhook.body-timeout-seconds",
      ValueKind.COUNT,
      "30",
      "How long a sender may take to send the body of a request."),
  HTTP_IDLE_SECONDS(
      "hub.http.idle-seconds",
      ValueKind.COUNT,
      "60",
      "How long a connection may go without a whole request's head, or without a byte of a body or an answer."),
  BODIES_MAX_BYTES(
      "hub.http.bodies-max-bytes",
      ValueKind.BYTES,
      "",
      "What the bodies of all requests may take in memory together, in bytes; one address gets a quarter, and no body limit may be over half; empty: an eighth of the heap, or up to a quarter where the largest body needs it."),
  TRUSTED_PROXIES(
      "hub.trusted-proxies",
      ValueKind.NETWORKS,
      "",
      "IP addresses or networks of proxies whose X-Forwarded-For is believed, for limits and logs, comma-separated; they and loopback are not limited by address themselves."),
  WARM_UP_SECONDS(
      "hub.warm-up-seconds",
      "WARM_UP_SECONDS",
      ValueKind.NUMBER,
      "0",
      "How long the hub sends requests to itself before it is ready, at most 60, so that the first ones of senders are answered quickly; 0: not at all. The start script sets 3."),
  RETRY_DELAYS_SECONDS(
      "hub.inbox.retry-delays-seconds",
      ValueKind.DELAYS,
      "5,300,1800,7200,18000,36000,36000",
      "Waits between attempts at an event, each ±20 %; their number is the number of retries."),
  RETENTION_DAYS(
      "hub.inbox.retention-days",
      ValueKind.COUNT,
      "30",
      "How long finished events are kept; dead ones stay."),
  ABSENT_HANDLER_MINUTES(
      "hub.inbox.absent-handler-minutes",
      ValueKind.NUMBER,
      "15",
      "How long events are stored for a handler whose last node has stopped, as during an update; then they are ignored unless others take them. 0: not at all."),
  POLL_SECONDS(
      "hub.inbox.poll-seconds",
      ValueKind.COUNT,
      "10",
      "How often an idle handler checks for events that it was not notified of."),
  QUEUE_EVENTS(
      "hub.inbox.queue-events",
      ValueKind.COUNT,
      "10000",
      "Events that may wait for the event store; one more is answered 503."),
  CALL_ATTEMPT_SECONDS(
      "hub.call.attempt-seconds",
      ValueKind.COUNT,
      "10",
      "How long one attempt at a call to a provider may take, to the answer's last byte."),
  CALL_TOTAL_SECONDS(
      "hub.call.total-seconds",
      ValueKind.COUNT,
      "30",
      "How long a call to a provider may take with all its attempts and the waits between them."),
  CALL_CONNECT_SECONDS(
      "hub.call.connect-seconds",
      ValueKind.COUNT,
      "5",
      "How long a connection to a provider may take."),
  CALL_RETRIES(
      "hub.call.retries", ValueKind.NUMBER, "3", "Attempts after the first, at most; 0: only one."),
  CALL_CONCURRENT(
      "hub.call.concurrent",
      ValueKind.COUNT,
      "20",
      "Calls to one provider at the same time, at most; the rest wait their turn."),
  CALL_ANSWER_MAX_BYTES(
      "hub.call.answer-max-bytes",
      ValueKind.COUNT,
      "10485760",
      "Largest answer that is accepted from a provider's HTTP API, in bytes."),
  FORWARD_PRIVATE_NETWORKS(
      "hub.forward.private-networks",
      ValueKind.NETWORKS,
      "",
      "IP addresses or networks that may be called although a request and not a route says the host, comma-separated; empty: only those of the internet."),
  BREAKER_WINDOW_SECONDS(
      "hub.breaker.window-seconds",
      ValueKind.COUNT,
      "60",
      "Length of the window over which a circuit breaker measures the failure rate."),
  BREAKER_ATTEMPTS(
      "hub.breaker.attempts",
      ValueKind.COUNT,
      "5",
      "Minimum attempts in the window before the failure rate is evaluated."),
  BREAKER_FAILED_PERCENT(
      "hub.breaker.failed-percent",
      ValueKind.PERCENT,
      "50",
      "Share of failed attempts, in percent, that opens a circuit breaker."),
  BREAKER_OPEN_SECONDS(
      "hub.breaker.open-seconds",
      ValueKind.COUNT,
      "30",
      "How long a circuit breaker stays open and refuses calls."),
  BREAKER_PROBES(
      "hub.breaker.probes",
      ValueKind.COUNT,
      "3",
      "Calls that a half-open circuit breaker lets through to see whether the provider is back."),
  LOGIN_SESSION_IDLE_MINUTES(
      "hub.login.session-idle-minutes",
      ValueKind.COUNT,
      "480",
      "How long a session lasts without a request."),
  LOGIN_SESSION_DAYS(
      "hub.login.session-days",
      ValueKind.COUNT,
      "7",
      "How long a session lasts at most; then the person logs in again."),
  HEALTH_INBOX_AGE_SECONDS(
      "hub.health.inbox-age-seconds",
      ValueKind.COUNT,
      "900",
      "How long the oldest event may wait before the inbox is shown as degraded."),
  ALERT_EMAIL(
      "HUB_ALERT_EMAIL",
      ValueKind.TEXT,
      "",
      "Addresses that get an e-mail about every alert, comma-separated; empty: none."),
  ALERT_SLACK_URL(
      "HUB_ALERT_SLACK_URL",
      ValueKind.SECRET,
      "",
      "Incoming webhook of Slack, Mattermost or the like that every alert is posted to; empty: none.");

  private final String key;
  private final String shortVariable;
  private final ValueKind kind;
  private final String defaultValue;
  private final String meaning;

  Setting(String key, ValueKind kind, String defaultValue, String meaning) {
    this(key, "", kind, defaultValue, meaning);
  }

  /** With a shorter variable, which {@code application.properties} reads; empty: none. */
  Setting(String key, String shortVariable, ValueKind kind, String defaultValue, String meaning) {
    this.key = key;
    this.shortVariable = shortVariable;
    this.kind = kind;
    this.defaultValue = defaultValue;
    this.meaning = meaning;
  }

  /** The setting with this key or variable; empty for a name that is not the hub's. */
  public static Optional<Setting> of(String name) {
    return Arrays.stream(values())
        .filter(setting -> setting.key.equals(name) || setting.variables().contains(name))
        .findFirst();
  }

  @Override
  public String key() {
    return key;
  }

  @Override
  public ValueKind kind() {
    return kind;
  }

  @Override
  public String defaultValue() {
    return defaultValue;
  }

  @Override
  public String meaning() {
    return meaning;
  }

  @Override
  public String expected() {
    return kind.description();
  }

  @Override
  public Optional<String> complaint(String value) {
    return kind.complaint(value);
  }

  @Override
  public List<String> variables() {
    return shortVariable.isEmpty() ? List.of(variable()) : List.of(shortVariable, variable());
  }
}
