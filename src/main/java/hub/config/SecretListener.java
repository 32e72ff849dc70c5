package hub.config;

/** Uses a secret and must follow its changes, such as a client that is built with it. */
@FunctionalInterface
public interface SecretListener {
  /**
   * Checks the new value and prepares its use, without using it yet.
   *
   * @return puts the value to use; runs when {@link Settings} return the new value; must not fail
   * @throws IllegalArgumentException when the value is invalid; the message must not contain any of
   *     it
   */
  Runnable prepare(String value);
}
