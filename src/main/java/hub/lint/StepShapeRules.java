package hub.lint;

import java.util.List;
import java.util.Set;

/** Checks steps whose parts Camel's schema takes for optional, and that do nothing without them. */
final class StepShapeRules {
  private static final String BESIDES_FORMAT =
      "id|description|note|disabled|variableSend|variableReceive|allowNullBody";

  private final Faults faults;

  StepShapeRules(Faults faults) {
    this.faults = faults;
  }

  void check(List<Spot> spots) {
    Expressions.in(spots, Set.of("constant")).forEach(this::checkNumber);
    for (Spot spot : spots) {
      if (spot.under().equals("steps") && spot.entry().value().isMap()) {
        switch (spot.key()) {
          case "aggregate" -> checkAggregate(spot);
          case "choice" ->
              need(spot, "when", "a choice without 'when' always takes 'otherwise'", "when");
          case "doTry" ->
              need(
                  spot,
                  "doCatch|doFinally",
                  "a doTry without doCatch and doFinally catches nothing",
                  "doCatch");
          case "marshal", "unmarshal" -> checkFormat(spot);
          case "throwException" ->
              refuse(
                  spot,
                  "exceptionType|exception|ref",
                  "throwException names no exception",
                  "add 'exceptionType'");
          default -> {}
        }
      }
    }
  }

  /** A constant of these steps is a number when a message comes. */
  private void checkNumber(Expressions constant) {
    if (constant.owner().matches("delay|loop|throttle")
        && !constant.text().contains("{{")
        && !constant.text().strip().matches("(?i)\\d+( *(ms|s|m|h|d))?")) {
      faults.error(
          constant.location(),
          "'" + constant.text().strip() + "' is no number, which " + constant.owner() + " needs",
          constant.owner().equals("delay") ? "write a time in milliseconds" : "write a number");
    }
  }

  private void checkFormat(Spot step) {
    boolean names =
        step.entry().value().entries().stream()
            .anyMatch(entry -> !entry.key().matches(BESIDES_FORMAT));
    if (!names) {
      faults.error(
          step.location(), step.key() + " names no data format", "add one, such as 'json: {}'");
    }
  }

  private void refuse(Spot step, String keys, String what, String remedy) {
    if (step.entry().value().entries().stream().noneMatch(entry -> entry.key().matches(keys))) {
      faults.error(step.location(), what, remedy);
    }
  }

  private void need(Spot step, String keys, String what, String missing) {
    if (step.entry().value().entries().stream().noneMatch(entry -> entry.key().matches(keys))) {
      faults.warning(step.location(), what, "add '" + missing + "'");
    }
  }

  private void checkAggregate(Spot step) {
    boolean completes =
        step.entry().value().entries().stream()
            .anyMatch(
                entry ->
                    entry
                        .key()
                        .matches(
                            "completion(Size|Timeout|Interval|FromBatchConsumer|Predicate|OnNewCorrelationGroup)"
                                + "(Expression)?|aggregateController|forceCompletionOnStop"));
    // A strategy of one's own may complete by itself.
    boolean isCamels =
        step.entry().value().text("aggregationStrategy").contains("org.apache.camel.");
    if (!completes && (isCamels || step.entry().value().text("aggregationStrategy").isEmpty())) {
      faults.error(
          step.location(),
          "the aggregate never completes",
          "add completionSize, completionTimeout or completionPredicate");
    }
  }
}
