package hub.provider.email;

import hub.inbox.InboxVariables;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;

/**
 * Leaves out of a queued e-mail those recipients that the variable {@code suppressed} names: rows
 * with an {@code address} in lower case. With nobody left it ends the route, and the attempt says
 * why nothing was sent. In the registry as {@code suppression}. Thread-safe.
 *
 * <p>In Java, because the queued e-mail is written anew for those who are left, and they are
 * counted.
 */
public final class Suppression implements Processor {
  private final Supplier<MeterRegistry> registry;

  /**
   * @param registry called at the first count, because the context makes the registry later
   */
  Suppression(Supplier<MeterRegistry> registry) {
    this.registry = registry;
  }

  /** The recipients of the e-mail in the body, as the suppression list writes them. */
  public List<String> recipients(Exchange exchange) {
    return mail(exchange).to().stream().map(Suppression::listed).toList();
  }

  @Override
  public void process(Exchange exchange) {
    Set<String> suppressed =
        ((List<?>) exchange.getVariable("suppressed", List.of(), List.class))
            .stream()
                .map(row -> String.valueOf(((Map<?, ?>) row).get("address")))
                .collect(Collectors.toSet());
    Mail mail = mail(exchange);
    List<String> left =
        mail.to().stream().filter(address -> !suppressed.contains(listed(address))).toList();
    int count = mail.to().size() - left.size();
    if (count == 0) {
      return;
    }
    count(count);
    exchange.getMessage().setBody(mail.to(left).bytes());
    if (left.isEmpty()) {
      exchange.setVariable(
          InboxVariables.ATTEMPT_NOTE,
          "every recipient is on the suppression list; nothing was sent");
      exchange.setRouteStop(true);
    } else {
      exchange.setVariable(
          InboxVariables.ATTEMPT_NOTE,
          count + " of " + mail.to().size() + " recipients left out: on the suppression list");
    }
  }

  private static Mail mail(Exchange exchange) {
    return Mail.of(exchange.getMessage().getBody(byte[].class));
  }

  private static String listed(String address) {
    return address.toLowerCase(Locale.ROOT);
  }

  private void count(int recipients) {
    MeterRegistry meters = registry.get();
    if (meters != null) {
      Counter.builder("hub.email.suppressed")
          .description("Recipients that an attempt left out, being on the suppression list")
          .register(meters)
          .increment(recipients);
    }
  }
}
