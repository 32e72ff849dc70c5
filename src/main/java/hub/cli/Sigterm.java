package hub.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a stop by SIGTERM end with exit code 0. By default the JVM ends with 143, which supervisors
 * take for a failure.
 */
final class Sigterm {
  private static final Logger LOG = LoggerFactory.getLogger(Sigterm.class);

  private Sigterm() {}

  /**
   * From now on SIGTERM runs {@code stop} instead of ending the JVM. Uses {@code sun.misc.Signal},
   * the only way to handle a signal, by reflection: javac's warning about it cannot be suppressed.
   *
   * @param stop starts the stop and returns at once
   */
  static void handledBy(Runnable stop) {
    InvocationHandler onSignal =
        (proxy, method, arguments) -> {
          LOG.info("stop=begun by SIGTERM");
          stop.run();
          return null;
        };
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              Sigterm.class.getClassLoader(), new Class<?>[] {handler}, onSignal);
      Object term = signal.getConstructor(String.class).newInstance("TERM");
      signal.getMethod("handle", signal, handler).invoke(null, term, proxy);
    } catch (ReflectiveOperationException e) {
      LOG.debug("this JVM does not handle signals (-Xrs)", e);
    }
  }
}
