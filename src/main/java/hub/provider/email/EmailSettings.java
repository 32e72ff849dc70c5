package hub.provider.email;

import hub.config.Settings;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The settings of e-mail; in the registry as {@code email}. Thread-safe. */
public final class EmailSettings {
  static final String TRANSPORT = "EMAIL_TRANSPORT";
  static final String FROM = "EMAIL_FROM";

  private static final String SMTP = "smtp";

  /** The variables that the file storage needs. */
  private static final List<String> STORAGE_NEEDS =
      List.of("S3_BUCKET", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");

  private final Settings settings;
  private final EmailTransports transports;

  /** Where no routes run, so that the way of sending is not checked. */
  EmailSettings(Settings settings) {
    this(settings, EmailTransports.none());
  }

  EmailSettings(Settings settings, EmailTransports transports) {
    this.settings = settings;
    this.transports = transports;
  }

  /** Whether {@code EMAIL_TRANSPORT} names a way of sending that there is a route for. */
  public boolean hasTransport() {
    return transports.names().contains(transport());
  }

  /** The value of {@code EMAIL_TRANSPORT}, {@code smtp}; it may be invalid or empty. */
  public String transport() {
    return settings.named(TRANSPORT).map(String::strip).orElse("");
  }

  /** Why files cannot go along by {@code EMAIL_TRANSPORT}; empty when they can. */
  Optional<String> attachmentObstacle() {
    return transports.takesAttachments(transport())
        ? Optional.empty()
        : Optional.of(
            "attachments cannot go by "
                + TRANSPORT
                + "="
                + transport()
                + ": its route has no step to direct:email-read-attachments");
  }

  /** Whether an e-mail that is queued now can be sent. */
  public boolean isConfigured() {
    return complaint().isEmpty();
  }

  /**
   * @throws ProblemException 503 {@code not-configured} that names the missing variables
   */
  void require() {
    Optional<String> complaint = complaint();
    if (complaint.isPresent()) {
      throw new ProblemException(
          Problem.of(
              503,
              "not-configured",
              "e-mail is not configured: " + complaint.get() + Settings.TAKES_EFFECT));
    }
  }

  /**
   * @throws ProblemException 503 {@code not-configured} that names the missing variables; 400
   *     {@code payload-invalid} for files that the transport does not take
   */
  void require(Mail mail) {
    require();
    if (mail.attachments().isEmpty()) {
      return;
    }
    Optional<String> obstacle = attachmentObstacle();
    if (obstacle.isPresent()) {
      throw new ProblemException(Problem.of(400, "payload-invalid", obstacle.get() + "."));
    }
    List<String> missing =
        STORAGE_NEEDS.stream().filter(name -> settings.named(name).isEmpty()).toList();
    if (!missing.isEmpty()) {
      throw new ProblemException(
          Problem.of(
              503,
              "not-configured",
              "attachments come from the file storage, which is not configured: set "
                  + String.join(", ", missing)
                  + Settings.TAKES_EFFECT));
    }
  }

  private Optional<String> complaint() {
    String transport = transport();
    Set<String> known = transports.names();
    if (!transport.isEmpty() && !known.isEmpty() && !known.contains(transport)) {
      return Optional.of(TRANSPORT + " must be one of " + String.join(", ", known) + "; set it");
    }
    List<String> missing =
        Stream.concat(Stream.of(TRANSPORT, FROM), transports.needs(transport).stream())
            .distinct()
            .filter(name -> settings.named(name).isEmpty())
            .toList();
    if (!missing.isEmpty()) {
      return Optional.of("set " + String.join(", ", missing));
    }
    if (readFrom().isEmpty()) {
      return Optional.of(FROM + " must be an address or 'Name <address>'; set it");
    }
    return transport.equals(SMTP) ? smtpComplaint() : Optional.empty();
  }

  private Optional<String> smtpComplaint() {
    try {
      SmtpServer.of(settings.named("SMTP_URL").orElse(""));
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of("SMTP_URL " + e.getMessage() + "; set it");
    }
  }

  /** The sender, {@code Ada <ada@example.com>} or a bare address. */
  InternetAddress from() {
    return readFrom()
        .orElseThrow(
            () ->
                new ProblemException(
                    Problem.of(
                        503,
                        "not-configured",
                        FROM + " is not an address, or 'Name <address>'; set it.")));
  }

  private Optional<InternetAddress> readFrom() {
    return settings.named(FROM).flatMap(EmailSettings::sender);
  }

  /** Whether {@code text} is a valid value of {@code EMAIL_FROM}. */
  public static boolean isSender(String text) {
    return sender(text).isPresent();
  }

  /** Whether {@code text} is one address and nothing else. */
  public static boolean isBareAddress(String text) {
    return MailAddress.of(text).isPresent();
  }

  private static Optional<InternetAddress> sender(String text) {
    try {
      InternetAddress[] read = InternetAddress.parse(text.strip(), false);
      if (read.length != 1 || text.chars().anyMatch(Character::isISOControl)) {
        return Optional.empty();
      }
      Optional<String> bare = MailAddress.of(read[0].getAddress());
      if (bare.isEmpty()) {
        return Optional.empty();
      }
      return Optional.of(
          new InternetAddress(bare.get(), read[0].getPersonal(), StandardCharsets.UTF_8.name()));
    } catch (AddressException | UnsupportedEncodingException e) {
      return Optional.empty();
    }
  }

  /**
   * @throws ProblemException 503 {@code not-configured} when it is absent or unreadable
   */
  SmtpServer smtpServer() {
    try {
      return SmtpServer.of(settings.named("SMTP_URL").orElse(""));
    } catch (IllegalArgumentException e) {
      throw new ProblemException(
          Problem.of(503, "not-configured", "SMTP_URL " + e.getMessage() + "; set it."));
    }
  }
}
