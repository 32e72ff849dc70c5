package hub.inbox;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A step or bean that a transacted handler may use: all that it changes is the exchange, or what is
 * stored by {@code inbox:} or on the connection of the thread's transaction. It works on the
 * caller's thread alone.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface JoinsTransaction {
  /** Whether it stores something, and not only changes the exchange. Default: false. */
  boolean stores() default false;
}
