package hub.lint;

import java.util.List;

/** Checks steps whose parts Camel's schema takes for optional, and that do nothing without them. */
final class StepShapeRules {
  private final Faults faults;

  StepShapeRules(Faults faults) {
    this.faults = faults;
  }

  void check(List<Spot> spots) {
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
          default -> {}
        }
      }
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
