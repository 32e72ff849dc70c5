package hub.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * All settings of the hub: key, kind, default and meaning. The program, the lint and the reference
 * use this one declaration; {@code application.properties} lists each of them.
 */
public enum Setting {
  DEV(
      "hub.dev",
      Kind.SWITCH,
      "false",
      "For work on routes, never in production: files saved in routes/ are taken over while the hub runs; run --dev sets it."),
  PUBLIC_URL(
      "hub.public-url",
      "PUBLIC_URL",
      Kind.URL,
      "http://localhost:8080",
      "Base of the links given out; cookies are Secure unless it is http on localhost."),
  DATA_DIR(
      "hub.data-dir",
      "DATA_DIR",
      Kind.PATH,
      "data",
      "Folder of the embedded database and the generated keys."),
  SECRETS_DIR(
      "hub.secrets-dir",
      Kind.TEXT,
      "",
      "Folder of files that hold a secret each, named like its variable, read again when they change; empty: secrets in the data folder."),
  SECRETS_MIN_BYTES(
      "hub.secrets.min-bytes",
      Kind.COUNT,
      "16",
      "Least length of the secrets that people choose (webhooks', callers', operators'), in bytes; a scheme's own bound wins."),
  SOURCES(
      "hub.sources",
      Kind.TEXT,
      "",
      "Schemes that are opened as sources without a route file, comma-separated, such as gitlab,typeform; a route file of that source wins."),
  DATABASE_URL(
      "hub.database.url",
      "DATABASE_URL",
      Kind.TEXT,
      "",
      "JDBC address of the event store, jdbc:postgresql://…; empty: embedded H2 in the data folder."),
  DATABASE_USER("hub.database.user", "DATABASE_USER", Kind.TEXT, "", "User of the event store."),
  DATABASE_PASSWORD(
      "hub.database.password",
      "DATABASE_PASSWORD",
      Kind.SECRET,
      "",
      "Password of the event store."),
  DATABASE_SCHEMA(
      "hub.database.schema",
      Kind.IDENTIFIER,
      "hub",
      "PostgreSQL: schema of the hub's tables, created when missing; an existing installation in public stays there."),
  DATABASE_POOL_SIZE(
      "hub.database.pool-connections",
      Kind.COUNT,
      "20",
      "Connections to the event store, at most."),
  ADMIN_KEY(
      "hub.admin-key",
      Kind.SECRET,
      "",
      "Key of the operators; empty: one is made at the first start and printed once."),
  API_KEYS(
      "hub.api-keys",
      Kind.SECRET,
      "",
      "Keys of the callers, name:key[:scope+scope], comma-separated; empty: one is made at the first start."),
  ENCRYPTION_KEYS(
      "hub.encryption-keys",
      Kind.SECRET,
      "",
      "Keys that people's tokens are encrypted with, id:base64(32 bytes), newest first, comma-separated; empty: one is made at the first start."),
  OPERATORS(
      "hub.operators",
      Kind.PEOPLE,
      "",
      "People who may operate the hub once they log in, provider:subject or provider:verified-mail, comma-separated."),
  VIEWERS(
      "hub.viewers",
      Kind.PEOPLE,
      "",
      "People who may read the console but not change anything, in the same form."),
  MAX_BODY_BYTES(
      "hub.webhook.max-body-bytes",
      Kind.COUNT,
      "1048576",
      "Largest body of a webhook or another request that is accepted, in bytes."),
  BODY_TIMEOUT_SECONDS(
      "hub.webhook.body-timeout-seconds",
      Kind.COUNT,
      "30",
      "How long a sender may take to send the body of a request."),
  HTTP_IDLE_SECONDS(
      "hub.http.idle-seconds",
      Kind.COUNT,
      "60",
      "How long a connection may go without a whole request's head, or without a byte of a body or an answer."),
  BODIES_MAX_BYTES(
      "hub.http.bodies-max-bytes",
      Kind.BYTES,
      "",
      "What the bodies of all requests may take in memory together, in bytes; one address gets a quarter, and no body limit may be over half; empty: an eighth of the heap, or up to a quarter where the largest body needs it."),
  TRUSTED_PROXIES(
      "hub.trusted-proxies",
      Kind.NETWORKS,
      "",
      "IP addresses or networks of proxies whose X-Forwarded-For is believed, for limits and logs, comma-separated; they and loopback are not limited by address themselves."),
  WARM_UP_SECONDS(
      "hub.warm-up-seconds",
      "WARM_UP_SECONDS",
      Kind.NUMBER,
      "0",
      "How long the hub sends requests to itself before it is ready, at most 60, so that the first ones of senders are answered quickly; 0: not at all. The start script sets 3."),
  RETRY_DELAYS_SECONDS(
      "hub.inbox.retry-delays-seconds",
      Kind.DELAYS,
      "5,300,1800,7200,18000,36000,36000",
      "Waits between attempts at an event, each ±20 %; their number is the number of retries."),
  RETENTION_DAYS(
      "hub.inbox.retention-days",
      Kind.COUNT,
      "30",
      "How long finished events are kept; dead ones stay."),
  ABSENT_HANDLER_MINUTES(
      "hub.inbox.absent-handler-minutes",
      Kind.NUMBER,
      "15",
      "How long events are stored for a handler whose last node has stopped, as during an update; then they are ignored unless others take them. 0: not at all."),
  POLL_SECONDS(
      "hub.inbox.poll-seconds",
      Kind.COUNT,
      "10",
      "How often an idle handler checks for events that it was not notified of."),
  QUEUE_EVENTS(
      "hub.inbox.queue-events",
      Kind.COUNT,
      "10000",
      "Events that may wait for the event store; one more is answered 503."),
  CALL_ATTEMPT_SECONDS(
      "hub.call.attempt-seconds",
      Kind.COUNT,
      "10",
      "How long one attempt at a call to a provider may take, to the answer's last byte."),
  CALL_TOTAL_SECONDS(
      "hub.call.total-seconds",
      Kind.COUNT,
      "30",
      "How long a call to a provider may take with all its attempts and the waits between them."),
  CALL_CONNECT_SECONDS(
      "hub.call.connect-seconds", Kind.COUNT, "5", "How long a connection to a provider may take."),
  CALL_RETRIES(
      "hub.call.retries", Kind.NUMBER, "3", "Attempts after the first, at most; 0: only one."),
  CALL_CONCURRENT(
      "hub.call.concurrent",
      Kind.COUNT,
      "20",
      "Calls to one provider at the same time, at most; the rest wait their turn."),
  CALL_ANSWER_MAX_BYTES(
      "hub.call.answer-max-bytes",
      Kind.COUNT,
      "10485760",
      "Largest answer that is accepted from a provider's HTTP API, in bytes."),
  FORWARD_PRIVATE_NETWORKS(
      "hub.forward.private-networks",
      Kind.NETWORKS,
      "",
      "IP addresses or networks that may be called although a request and not a route says the host, comma-separated; empty: only those of the internet."),
  BREAKER_WINDOW_SECONDS(
      "hub.breaker.window-seconds",
      Kind.COUNT,
      "60",
      "Length of the window over which a circuit breaker measures the failure rate."),
  BREAKER_ATTEMPTS(
      "hub.breaker.attempts",
      Kind.COUNT,
      "5",
      "Minimum attempts in the window before the failure rate is evaluated."),
  BREAKER_FAILED_PERCENT(
      "hub.breaker.failed-percent",
      Kind.PERCENT,
      "50",
      "Share of failed attempts, in percent, that opens a circuit breaker."),
  BREAKER_OPEN_SECONDS(
      "hub.breaker.open-seconds",
      Kind.COUNT,
      "30",
      "How long a circuit breaker stays open and refuses calls."),
  BREAKER_PROBES(
      "hub.breaker.probes",
      Kind.COUNT,
      "3",
      "Calls that a half-open circuit breaker lets through to see whether the provider is back."),
  LOGIN_SESSION_IDLE_MINUTES(
      "hub.login.session-idle-minutes",
      Kind.COUNT,
      "480",
      "How long a session lasts without a request."),
  LOGIN_SESSION_DAYS(
      "hub.login.session-days",
      Kind.COUNT,
      "7",
      "How long a session lasts at most; then the person logs in again."),
  HEALTH_INBOX_AGE_SECONDS(
      "hub.health.inbox-age-seconds",
      Kind.COUNT,
      "900",
      "How long the oldest event may wait before the inbox is shown as degraded."),
  ALERT_EMAIL(
      "HUB_ALERT_EMAIL",
      Kind.TEXT,
      "",
      "Addresses that get an e-mail about every alert, comma-separated; empty: none."),
  ALERT_SLACK_URL(
      "HUB_ALERT_SLACK_URL",
      Kind.SECRET,
      "",
      "Incoming webhook of Slack, Mattermost or the like that every alert is posted to; empty: none."),
  STRIPE_SECRET_KEY(
      "STRIPE_SECRET_KEY",
      Kind.SECRET,
      "",
      "Stripe's secret or restricted key; payments answer 503 until it is set."),
  STRIPE_LIVEMODE(
      "hub.stripe.livemode",
      Kind.MODE,
      "auto",
      "Mode of the events that the shipped Stripe handlers act on: live, test or any; auto is the mode of STRIPE_SECRET_KEY, any without one."),
  STRIPE_ACCOUNTS(
      "hub.stripe.accounts",
      Kind.ACCOUNTS,
      "own",
      "Whose events the shipped Stripe handlers act on: own, the platform's alone; any, those of connected accounts too."),
  STRIPE_API_BASE(
      "STRIPE_API_BASE",
      Kind.ADDRESS,
      "https://api.stripe.com",
      "Where Stripe's API is, for tests and proxies."),
  EMAIL_TRANSPORT(
      "EMAIL_TRANSPORT",
      Kind.TEXT,
      "",
      "How e-mail is sent: smtp, resend, sendgrid, or the NAME of another route from direct:email-by-NAME; empty: no e-mail is sent."),
  EMAIL_FROM(
      "EMAIL_FROM",
      Kind.TEXT,
      "",
      "Sender of every e-mail, name@example.com or Name <name@example.com>."),
  EMAIL_SUPPRESSION(
      "hub.email.suppression",
      Kind.SWITCH,
      "true",
      "Addresses that refused an e-mail for good or complained of one get no other, as the suppression list says; false: the list is kept but not looked at."),
  EMAIL_ATTACHMENTS_MAX_BYTES(
      "hub.email.attachments-max-bytes",
      Kind.COUNT,
      "10485760",
      "What the attachments of one e-mail may have together, in bytes; they are in memory while it is sent."),
  SMTP_URL(
      "SMTP_URL",
      Kind.SECRET,
      "",
      "Mail server, smtp[s]://user:password@host:port; ?starttls=required insists on encryption."),
  RESEND_API_KEY("RESEND_API_KEY", Kind.SECRET, "", "Resend's API key."),
  RESEND_API_BASE(
      "RESEND_API_BASE",
      Kind.ADDRESS,
      "https://api.resend.com",
      "Where Resend's API is, for tests and proxies."),
  SENDGRID_API_KEY("SENDGRID_API_KEY", Kind.SECRET, "", "SendGrid's API key."),
  SENDGRID_API_BASE(
      "SENDGRID_API_BASE",
      Kind.ADDRESS,
      "https://api.sendgrid.com",
      "Where SendGrid's API is, for tests and proxies."),
  S3_BUCKET("S3_BUCKET", Kind.TEXT, "", "Bucket of the files; it must exist."),
  S3_ENDPOINT(
      "S3_ENDPOINT",
      Kind.ADDRESS,
      "",
      "Address of an S3-compatible store such as R2 or MinIO; empty: Amazon's of the region."),
  S3_PUBLIC_URL(
      "S3_PUBLIC_URL",
      Kind.ADDRESS,
      "",
      "Address under which the bucket is public; empty: files are linked through this API."),
  AWS_REGION("AWS_REGION", Kind.TEXT, "", "Region of the bucket; auto for R2."),
  AWS_ACCESS_KEY_ID("AWS_ACCESS_KEY_ID", Kind.SECRET, "", "Access key of the store."),
  AWS_SECRET_ACCESS_KEY("AWS_SECRET_ACCESS_KEY", Kind.SECRET, "", "Secret of the access key."),
  POSTHOG_API_KEY(
      "POSTHOG_API_KEY", Kind.SECRET, "", "PostHog's project key; empty: nothing is sent there."),
  POSTHOG_HOST(
      "POSTHOG_HOST", Kind.ADDRESS, "https://us.i.posthog.com", "Where PostHog takes events."),
  MIXPANEL_TOKEN(
      "MIXPANEL_TOKEN", Kind.SECRET, "", "Mixpanel's project token; empty: nothing is sent there."),
  MIXPANEL_HOST(
      "MIXPANEL_HOST", Kind.ADDRESS, "https://api.mixpanel.com", "Where Mixpanel takes events."),
  GITHUB_API_BASE(
      "GITHUB_API_BASE",
      Kind.ADDRESS,
      "https://api.github.com",
      "Where GitHub's API is, for tests and proxies."),
  GITHUB_CLIENT_ID(
      "GITHUB_CLIENT_ID",
      Kind.TEXT,
      "",
      "Client id of the OAuth app at GitHub with which people log in; empty: they cannot."),
  GITHUB_CLIENT_SECRET(
      "GITHUB_CLIENT_SECRET", Kind.SECRET, "", "Client secret of the OAuth app at GitHub."),
  GOOGLE_CLIENT_ID(
      "GOOGLE_CLIENT_ID",
      Kind.TEXT,
      "",
      "Client id of the OAuth client at Google with which people log in; empty: they cannot."),
  GOOGLE_CLIENT_SECRET(
      "GOOGLE_CLIENT_SECRET", Kind.SECRET, "", "Client secret of the OAuth client at Google."),
  GITLAB_URL(
      "GITLAB_URL",
      Kind.TEXT,
      "https://gitlab.com",
      "Address of the GitLab with which people log in."),
  GITLAB_CLIENT_ID(
      "GITLAB_CLIENT_ID",
      Kind.TEXT,
      "",
      "Id of the application at GitLab with which people log in; empty: they cannot."),
  GITLAB_CLIENT_SECRET(
      "GITLAB_CLIENT_SECRET", Kind.SECRET, "", "Secret of the application at GitLab."),
  MICROSOFT_TENANT_ID(
      "MICROSOFT_TENANT_ID",
      Kind.TEXT,
      "common",
      "Tenant at Microsoft whose people log in, by its id; common, organizations: those of all."),
  MICROSOFT_CLIENT_ID(
      "MICROSOFT_CLIENT_ID",
      Kind.TEXT,
      "",
      "Application id at Microsoft with which people log in; empty: they cannot."),
  MICROSOFT_CLIENT_SECRET(
      "MICROSOFT_CLIENT_SECRET", Kind.SECRET, "", "Client secret of the application at Microsoft."),
  SLACK_CLIENT_ID(
      "SLACK_CLIENT_ID",
      Kind.TEXT,
      "",
      "Client id of the app at Slack with which people log in; empty: they cannot."),
  SLACK_CLIENT_SECRET("SLACK_CLIENT_SECRET", Kind.SECRET, "", "Client secret of the app at Slack."),
  LINKEDIN_CLIENT_ID(
      "LINKEDIN_CLIENT_ID",
      Kind.TEXT,
      "",
      "Client id of the app at LinkedIn with which people log in; empty: they cannot."),
  LINKEDIN_CLIENT_SECRET(
      "LINKEDIN_CLIENT_SECRET", Kind.SECRET, "", "Primary client secret of the app at LinkedIn."),
  TWITCH_CLIENT_ID(
      "TWITCH_CLIENT_ID",
      Kind.TEXT,
      "",
      "Client id of the application at Twitch with which people log in; empty: they cannot."),
  TWITCH_CLIENT_SECRET(
      "TWITCH_CLIENT_SECRET", Kind.SECRET, "", "Client secret of the application at Twitch.");

  /** What a value must look like. */
  public enum Kind {
    /** Any characters. */
    TEXT("a text"),
    /** Any characters, never shown. */
    SECRET("a secret"),
    /** An http or https address without a path. */
    URL("an http or https address without a path or a / at its end"),
    /** An http or https address, or nothing. */
    ADDRESS("an http or https address"),
    /** A folder. */
    PATH("a folder"),
    /** A name in SQL that needs no quotes. */
    IDENTIFIER(
        "a name of at most 45 small letters, digits and _ that begins with a letter and not with pg_"),
    /** A whole number from 1. */
    COUNT("a whole number from 1 to " + Integer.MAX_VALUE),
    /** A whole number from 1, or nothing: the hub decides. */
    BYTES("a whole number from 1"),
    /** A whole number from 0. */
    NUMBER("a whole number from 0 to " + Integer.MAX_VALUE),
    /** A whole number from 1 to 100. */
    PERCENT("a whole number from 1 to 100"),
    /** On or off. */
    SWITCH("true or false"),
    /** Whole numbers of seconds from 0, comma-separated. */
    DELAYS("whole numbers of seconds from 0, separated by commas"),
    /** IP addresses and networks, comma-separated, or nothing. */
    NETWORKS("IP addresses or networks such as 10.0.0.0/8, separated by commas"),
    /** People by their login provider, comma-separated, or nothing. */
    PEOPLE("provider:subject or provider:verified-mail, separated by commas"),
    /** Live and test mode of a provider. */
    MODE("auto, live, test or any"),
    /** Whose events count. */
    ACCOUNTS("own or any");

    /** Excludes {@code key:}, the name for holders of an API key, who are not people. */
    private static final Pattern PEOPLE_LIST =
        Pattern.compile("((^|\\s*,\\s*)(?!key:)[A-Za-z0-9][A-Za-z0-9_-]*:[^,\\s]+)*");

    private final String description;

    Kind(String description) {
      this.description = description;
    }

    /** What a value must be, such as {@code a whole number from 1 to …}. */
    public String description() {
      return description;
    }

    /**
     * Why {@code value} is invalid, such as {@code must be a whole number …, not 'x'}; empty when
     * it is valid. Secrets are not checked here.
     */
    public Optional<String> complaint(String value) {
      boolean right =
          switch (this) {
            case TEXT, SECRET -> true;
            case URL -> isBaseAddress(value);
            case ADDRESS -> value.isEmpty() || isAddress(value);
            case PATH -> isFolder(value);
            case IDENTIFIER -> value.matches("(?!pg_)[a-z][a-z0-9_]{0,44}");
            case COUNT -> value.matches("\\d{1,10}") && isCount(Long.parseLong(value));
            case BYTES -> value.isEmpty() || value.matches("[1-9]\\d{0,17}");
            case NUMBER -> value.matches("\\d{1,9}");
            case PERCENT -> value.matches("[1-9]\\d?|100");
            case SWITCH -> value.matches("true|false");
            case DELAYS -> value.matches("\\s*\\d{1,9}\\s*(,\\s*\\d{1,9}\\s*)*");
            case NETWORKS -> areNetworks(value);
            case PEOPLE -> PEOPLE_LIST.matcher(value).matches();
            case MODE -> value.matches("auto|live|test|any");
            case ACCOUNTS -> value.matches("own|any");
          };
      return right
          ? Optional.empty()
          : Optional.of("must be " + description + ", not '" + value + "'");
    }

    private static boolean isCount(long number) {
      return number >= 1 && number <= Integer.MAX_VALUE;
    }

    private static boolean isBaseAddress(String value) {
      try {
        URI uri = new URI(value);
        return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
            && uri.getHost() != null
            && uri.getUserInfo() == null
            && uri.getRawPath().isEmpty()
            && uri.getQuery() == null
            && uri.getFragment() == null;
      } catch (URISyntaxException e) {
        return false;
      }
    }

    private static boolean isAddress(String value) {
      try {
        URI uri = new URI(value);
        return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
            && uri.getHost() != null
            && uri.getUserInfo() == null
            && uri.getQuery() == null
            && uri.getFragment() == null;
      } catch (URISyntaxException e) {
        return false;
      }
    }

    private static boolean areNetworks(String value) {
      try {
        Networks unused = Networks.parse(value);
        return true;
      } catch (IllegalArgumentException e) {
        return false;
      }
    }

    private static boolean isFolder(String value) {
      try {
        Path path = Path.of(value);
        return !Files.exists(path) || Files.isDirectory(path);
      } catch (InvalidPathException e) {
        return false;
      }
    }
  }

  private final String key;
  private final String shortVariable;
  private final Kind kind;
  private final String defaultValue;
  private final String meaning;

  Setting(String key, Kind kind, String defaultValue, String meaning) {
    this(key, "", kind, defaultValue, meaning);
  }

  /**
   * @param shortVariable the environment variable that {@code application.properties} reads it
   *     from; empty: there is only {@link #variable}
   */
  Setting(String key, String shortVariable, Kind kind, String defaultValue, String meaning) {
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

  /** Whether this is the name of a setting that is a secret. */
  static boolean isSecret(String name) {
    return of(name).filter(setting -> setting.kind == Kind.SECRET).isPresent();
  }

  /**
   * The Camel property, such as {@code hub.inbox.retention-days}; for a provider's setting, the
   * name of the variable.
   */
  public String key() {
    return key;
  }

  public Kind kind() {
    return kind;
  }

  public String defaultValue() {
    return defaultValue;
  }

  /** One sentence for {@code application.properties} and the reference. */
  public String meaning() {
    return meaning;
  }

  /** The environment variable that sets it, by Camel's rule. */
  public String variable() {
    return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /**
   * The environment variables that set it; the first is the recommended one. The last is {@link
   * #variable}, which wins, because Camel reads it before the file.
   */
  public List<String> variables() {
    return shortVariable.isEmpty() ? List.of(variable()) : List.of(shortVariable, variable());
  }
}
