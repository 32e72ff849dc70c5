package hub.provider.email;

import hub.call.policy.CallFailure;
import hub.call.policy.CallOutcome;
import hub.call.policy.ExceptionReader;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;

/**
 * Reads the exceptions of an SMTP call: 4xx is temporary, 5xx permanent, and a rejected login
 * concerns SMTP_URL, not the e-mail. Thread-safe.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1">RFC 5321: reply codes</a>
 */
public final class SmtpFailures implements ExceptionReader {
  private static final int MAX_MESSAGE = 300;
  private static final int MAX_CAUSES = 100;
  private static final Pattern GREETING =
      Pattern.compile("bad greeting.*response: ?(.*)", Pattern.DOTALL);

  /** HTTP's statuses for "login rejected" and "not allowed". */
  private static final int UNAUTHORIZED = 401;

  private static final int FORBIDDEN = 403;

  @Override
  public Optional<CallFailure> read(Throwable error) {
    if (error instanceof AuthenticationFailedException) {
      return login(error);
    }
    if (error instanceof SendFailedException refused) {
      return Optional.of(refusal(refused));
    }
    if (error instanceof MessagingException other && other.getNextException() == null) {
      return Optional.of(other(String.valueOf(other.getMessage())));
    }
    // Its cause is a network failure, which is classified elsewhere.
    return Optional.empty();
  }

  private static Optional<CallFailure> login(Throwable error) {
    String text = String.valueOf(error.getMessage()).strip();
    int code = code(text);
    if (error.getCause() != null && code < 500) {
      return Optional.empty();
    }
    return Optional.of(
        code >= 400 && code < 500
            ? failure(CallOutcome.UNAVAILABLE, code, "it cannot check the login for now")
            : failure(
                CallOutcome.REJECTED,
                UNAUTHORIZED,
                "it does not take user and password of SMTP_URL (" + text + ")"));
  }

  private static CallFailure refusal(SendFailedException error) {
    List<Answer> answers = answers(error);
    return answers.stream()
        .filter(answer -> answer.code() < 500)
        .findFirst()
        .or(() -> answers.stream().findFirst())
        .map(Answer::failure)
        .orElseGet(() -> other(String.valueOf(error.getMessage())));
  }

  private record Answer(int code, String text) {
    CallFailure failure() {
      if (code < 400) {
        return SmtpFailures.failure(CallOutcome.UNAVAILABLE, 0, "it closed the connection");
      }
      if (code == 421) {
        return SmtpFailures.failure(CallOutcome.UNAVAILABLE, code, text);
      }
      if (code == 530 || code == 534 || code == 535 || code == 538) {
        return SmtpFailures.failure(
            CallOutcome.REJECTED,
            UNAUTHORIZED,
            "it wants another login than that of SMTP_URL (" + code + ")");
      }
      return SmtpFailures.failure(code < 500 ? CallOutcome.BUSY : CallOutcome.REJECTED, code, text);
    }
  }

  /** The answers for single recipients, if any, else for the whole e-mail. */
  private static List<Answer> answers(SendFailedException error) {
    List<Answer> each =
        chain(error)
            .filter(SMTPAddressFailedException.class::isInstance)
            .map(SMTPAddressFailedException.class::cast)
            .map(one -> new Answer(one.getReturnCode(), text(one)))
            .toList();
    if (!each.isEmpty()) {
      return each;
    }
    return chain(error)
        .map(
            one ->
                one instanceof SMTPSendFailedException sent
                    ? new Answer(sent.getReturnCode(), text(one))
                    : one instanceof SMTPSenderFailedException sender
                        ? new Answer(sender.getReturnCode(), text(one))
                        : null)
        .filter(Objects::nonNull)
        .toList();
  }

  private static Stream<Throwable> chain(Throwable error) {
    return Stream.iterate(error, Objects::nonNull, Throwable::getCause).limit(MAX_CAUSES);
  }

  private static CallFailure other(String text) {
    Matcher greeting = GREETING.matcher(text);
    if (greeting.find()) {
      return failure(CallOutcome.UNAVAILABLE, 0, "it greets with " + line(greeting.group(1)));
    }
    if (text.contains("STARTTLS is required")) {
      return failure(
          CallOutcome.REJECTED,
          FORBIDDEN,
          "it offers no STARTTLS, and without it nothing is sent: see SMTP_URL");
    }
    return failure(CallOutcome.UNAVAILABLE, 0, line(text));
  }

  private static CallFailure failure(CallOutcome callOutcome, int status, String message) {
    return new CallFailure(callOutcome, status, "", message, Optional.empty());
  }

  private static int code(String text) {
    return text.matches("(?s)\\d{3}\\b.*") ? Integer.parseInt(text.substring(0, 3)) : 0;
  }

  private static String text(Throwable error) {
    return line(String.valueOf(error.getMessage()));
  }

  private static String line(String text) {
    String line = text.strip().replaceAll("[\\p{Cntrl}\\s]+", " ");
    return line.substring(0, Math.min(line.length(), MAX_MESSAGE));
  }
}
