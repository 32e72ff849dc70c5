package hub.call.policy;

import hub.http.HeaderNames;
import hub.http.RequestContext;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.util.UUID;
import org.apache.camel.Exchange;

/** Reads the idempotency key of a caller's request. */
public final class CallerKey {
  /** Stripe's limit, and the width of the inbox's columns. */
  private static final int MAX_CHARACTERS = 255;

  private CallerKey() {}

  /**
   * The request's {@code Idempotency-Key}, or a new one. The response carries it.
   *
   * @throws ProblemException 400 payload-invalid when it is given twice, or too long
   */
  public static String of(Exchange exchange) {
    String key = given(exchange.getMessage().getHeader(HeaderNames.IDEMPOTENCY_KEY));
    exchange.setProperty(RequestContext.IDEMPOTENCY_KEY_PROPERTY, key);
    return key;
  }

  private static String given(Object asked) {
    if (asked == null || asked.toString().isBlank()) {
      return UUID.randomUUID().toString();
    }
    if (!(asked instanceof String key) || key.length() > MAX_CHARACTERS) {
      throw new ProblemException(
          Problem.of(
              400,
              "payload-invalid",
              HeaderNames.IDEMPOTENCY_KEY
                  + " is given twice, or longer than "
                  + MAX_CHARACTERS
                  + "."));
    }
    return key.strip();
  }
}
