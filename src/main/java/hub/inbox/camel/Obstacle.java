package hub.inbox.camel;

import java.util.Optional;

/**
 * Why a transaction cannot hold a step.
 *
 * @param what the step does
 * @param remedy how the handler may do without
 */
record Obstacle(String what, String remedy) {
  private static final String MARK =
      "mark its class @JoinsTransaction if it changes nothing outside of the exchange, or use steps instead";

  static Optional<Obstacle> of(String what, String remedy) {
    return Optional.of(new Obstacle(what, remedy));
  }

  Obstacle at(String place) {
    return new Obstacle(place + ": " + what, remedy);
  }

  @Override
  public String toString() {
    return what + "; " + remedy;
  }

  /** Code that is not marked {@link hub.inbox.JoinsTransaction}. */
  static Optional<Obstacle> code(String what) {
    return of(what + " may do anything, which the hub cannot see", MARK);
  }

  /** Whether it is code, which only its author can mark. */
  boolean isCode() {
    return remedy.equals(MARK);
  }

  /** An effect that no rollback undoes. */
  static Optional<Obstacle> elsewhere(String what) {
    return of(
        what, "give it a handler of its own, which may take what this one appends to an inbox");
  }
}
