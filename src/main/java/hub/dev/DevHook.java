package hub.dev;

import java.util.Set;

/**
 * Takes part in what happens after files were saved; every bean of this type in the registry is
 * asked, one after another, on the thread that watches the files.
 */
public interface DevHook {
  /**
   * Before the files are checked, such as to read what the check looks at.
   *
   * @param files that differ from those that run, below the routes folder, with {@code /}
   */
  default void beforeCheck(Set<String> files) {}

  /**
   * Before routes are exchanged, such as for migrations that new SQL needs.
   *
   * @param files that differ from those that run, below the routes folder, with {@code /}
   * @throws Exception when the files cannot be taken over; its message is shown, and the running
   *     version stays
   */
  default void before(Set<String> files) throws Exception {}

  /**
   * After they were taken over, such as to run tests.
   *
   * @param files that differ from those that ran, below the routes folder, with {@code /}
   * @param routes ids of the routes that have been started anew
   */
  default void taken(Set<String> files, Set<String> routes) {}
}
