package hub.provider.email;

import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import hub.util.Unicode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The rules for an e-mail before it is queued. They are the same for every transport, so that a
 * change of the transport breaks no caller.
 */
final class MailRules {
  /** Resend accepts 50 in one e-mail, fewer than SendGrid (1,000) and most SMTP servers (100). */
  static final int MAX_RECIPIENTS = 50;

  /** The longest line of a header by RFC 5322. */
  static final int MAX_SUBJECT = 998;

  private MailRules() {}

  /**
   * @param fields already validated against the API description
   * @throws ProblemException 400 {@code payload-invalid} with all faults
   */
  static Mail check(Map<?, ?> fields) {
    List<String> faults = new ArrayList<>();
    List<String> to = recipients(fields.get("to"), faults);
    String subject = header("subject", text(fields, "subject"), faults);
    String html = body("html", text(fields, "html"), faults);
    Optional<String> text =
        Optional.ofNullable(fields.get("text")).map(value -> body("text", (String) value, faults));
    Optional<String> replyTo =
        Optional.ofNullable(fields.get("replyTo"))
            .map(value -> address("replyTo", (String) value, faults));
    List<MailAttachment> attachments = AttachmentRules.check(fields.get("attachments"), faults);
    if (!faults.isEmpty()) {
      throw new ProblemException(
          Problem.of(400, "payload-invalid", String.join("; ", faults) + "."));
    }
    return new Mail(to, subject, html, text.orElse(""), replyTo, attachments);
  }

  private static String text(Map<?, ?> fields, String name) {
    return fields.get(name) instanceof String value ? value : "";
  }

  private static List<String> recipients(Object to, List<String> faults) {
    List<?> given = to instanceof List<?> many ? many : to == null ? List.of() : List.of(to);
    if (given.isEmpty() || given.size() > MAX_RECIPIENTS) {
      faults.add(
          "to has "
              + given.size()
              + " addresses; send to 1 to "
              + MAX_RECIPIENTS
              + ", and the rest with another e-mail");
      return List.of();
    }
    // Some providers reject an address that is given twice, in any case of letters.
    Map<String, String> once = new LinkedHashMap<>();
    for (int i = 0; i < given.size(); i++) {
      String place = to instanceof List ? "to." + i : "to";
      String address = address(place, String.valueOf(given.get(i)), faults);
      once.putIfAbsent(address.toLowerCase(Locale.ROOT), address);
    }
    return List.copyOf(once.values());
  }

  private static String address(String place, String text, List<String> faults) {
    return MailAddress.of(text)
        .orElseGet(
            () -> {
              faults.add(place + " is not a bare address such as ada@example.com");
              return "";
            });
  }

  private static String header(String name, String text, List<String> faults) {
    if (text.isBlank()) {
      faults.add(name + " is empty");
    } else if (text.length() > MAX_SUBJECT) {
      faults.add(name + " is longer than " + MAX_SUBJECT + " characters");
    } else if (text.chars().anyMatch(Character::isISOControl)) {
      // A line break would let the caller add a header.
      faults.add(name + " has a line break or another control character in it");
    } else if (!Unicode.isWellFormed(text)) {
      faults.add(name + " has an unpaired surrogate in it");
    }
    return text;
  }

  private static String body(String name, String text, List<String> faults) {
    if (text.isBlank()) {
      faults.add(name + " is empty");
    } else if (text.indexOf('\0') >= 0 || !Unicode.isWellFormed(text)) {
      faults.add(name + " has a NUL or an unpaired surrogate in it");
    }
    return text;
  }
}
