package hub.config;

/** Somebody who makes something of a secret: keys, a client, a check. */
@FunctionalInterface
public interface SecretListener {
  /**
   * Makes what the new value is needed for, without using it yet.
   *
   * @return what puts it to use, run once {@link Settings} answer with the new value; must not fail
   * @throws IllegalArgumentException why the value cannot be used, without a part of it
   */
  Runnable prepare(String value);
}
