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
 * What an e-mail must be like before anybody promises to send it; the same for every transport, so
 * that changing it breaks no caller.
 */
final class MailRules {
  /** Resend takes 50 in one e-mail, fewer than SendGrid (1,000) and most SMTP servers (100). */
  static final int MAX_RECIPIENTS = 50;

  /** A line of a header before it is folded, by RFC 5322. */
  static final int MAX_SUBJECT = 998;

  private MailRules() {}

  /**
   * @param fields of the right names and types, as the API description has them
   * @throws ProblemException 400 {@code payload-invalid}, each fault named
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
    if (!faults.isEmpty()) {
      throw new ProblemException(
          Problem.of(400, "payload-invalid", String.join("; ", faults) + "."));
    }
    return new Mail(to, subject, html, text.orElse(""), replyTo);
  }

  private static String text(Map<?, ?> fields, String name) {
    return fields.get(name) instanceof String value ? value : "";
  }

  private static List<String> recipients(Object to, List<String> faults) {
    List<?> asked = to instanceof List<?> many ? many : to == null ? List.of() : List.of(to);
    if (asked.isEmpty() || asked.size() > MAX_RECIPIENTS) {
      faults.add(
          "to has "
              + asked.size()
              + " addresses; send to 1 to "
              + MAX_RECIPIENTS
              + ", and the rest with another e-mail");
      return List.of();
    }
    // Some providers refuse an address that comes twice, whatever its case.
    Map<String, String> once = new LinkedHashMap<>();
    for (int i = 0; i < asked.size(); i++) {
      String place = to instanceof List ? "to." + i : "to";
      String address = address(place, String.valueOf(asked.get(i)), faults);
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
      // A line break would begin a header of the caller's own.
      faults.add(name + " has a line break or another control character in it");
    } else if (!Unicode.isWellFormed(text)) {
      faults.add(name + " has half a surrogate pair in it");
    }
    return text;
  }

  private static String body(String name, String text, List<String> faults) {
    if (text.isBlank()) {
      faults.add(name + " is empty");
    } else if (text.indexOf('\0') >= 0 || !Unicode.isWellFormed(text)) {
      faults.add(name + " has a NUL or half a surrogate pair in it");
    }
    return text;
  }
}
