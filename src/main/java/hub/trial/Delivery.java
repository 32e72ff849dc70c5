package hub.trial;

/**
 * The state of one handler's work on an event.
 *
 * @param route the handler's id
 * @param attempts that were begun
 * @param lastError null: none
 * @param isDue whether an attempt is to begin now
 */
record Delivery(String route, String status, int attempts, String lastError, boolean isDue) {
  boolean isAtRest() {
    return !isDue && !status.equals("processing");
  }
}
