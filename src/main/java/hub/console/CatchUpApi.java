package hub.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import hub.catchup.CatchUps;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;

/** {@code /api/admin/catch-ups}: fetches what a provider could not deliver. */
final class CatchUpApi extends JsonRoutes {
  private static final Pattern PATH =
      Pattern.compile(BASE + "/catch-ups/([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})/?");

  /** So far back that every provider's list is shorter, and a database knows the time. */
  private static final Pattern AGO = Pattern.compile("(\\d{1,4})([smhd])");

  private final CatchUps catchUps;
  private final Clock clock;

  CatchUpApi(CatchUps catchUps, Clock clock) {
    this.catchUps = catchUps;
    this.clock = clock;
  }

  @Override
  public void configure() {
    call(
        "POST",
        "/catch-ups",
        202,
        "admin-start-catch-up",
        "Fetches the events that a provider could not deliver.",
        exchange -> Optional.of(start(exchange)));
    get("/catch-ups/{id}", "admin-show-catch-up", "Shows the progress of a catch-up.", this::show);
  }

  private ObjectNode start(Exchange exchange) throws SQLException {
    noParameters(exchange);
    RequestFields fields =
        RequestFields.ofJson(
            exchange.getMessage().getBody(byte[].class),
            Set.of("source", "since"),
            Set.of("dryRun"));
    Optional<Instant> since = since(fields);
    if (since.filter(time -> time.isAfter(clock.instant())).isPresent()) {
      fields.fault("since", "in the future");
    }
    if (fields.text("source").isEmpty()) {
      fields.fault("source", "missing; name the source that is caught up");
    }
    fields.refuseFaults();
    return catchUps.start(
        fields.text("source").orElseThrow(), since, fields.flag("dryRun"), operator(exchange).id());
  }

  /** A time, or how long ago, such as {@code 2h}. */
  private Optional<Instant> since(RequestFields fields) {
    Matcher ago = AGO.matcher(fields.text("since").orElse(""));
    if (!ago.matches()) {
      return fields.time("since");
    }
    long number = Long.parseLong(ago.group(1));
    Duration duration =
        switch (ago.group(2)) {
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          case "h" -> Duration.ofHours(number);
          default -> Duration.ofDays(number);
        };
    return Optional.of(clock.instant().minus(duration));
  }

  private ObjectNode show(Exchange exchange) throws SQLException {
    noParameters(exchange);
    Matcher path = PATH.matcher(request(exchange).path());
    if (!path.matches()) {
      throw unknown();
    }
    return catchUps.show(UUID.fromString(path.group(1))).orElseThrow(CatchUpApi::unknown);
  }

  private static ProblemException unknown() {
    return new ProblemException(
        Problem.of(
            404,
            "catch-up-unknown",
            "There is no catch-up of this id; those of the last seven days are kept."));
  }
}
