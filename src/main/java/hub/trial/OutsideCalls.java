package hub.trial;

import com.fasterxml.jackson.databind.JsonNode;
import hub.call.policy.CallFailedException;
import hub.call.policy.CallFailure;
import hub.lint.TestCase.Stub;
import hub.util.Json;
import hub.util.step.Step;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** Calls that are made by a component or by code, other than through the hub's HTTP client. */
final class OutsideCalls {
  private OutsideCalls() {}

  /**
   * What a step that a stub replaces would have worked on.
   *
   * @param isEffect whether the step itself would have changed something
   */
  static SentCall ofStep(Step step, Exchange exchange, boolean isEffect) {
    return call(step, exchange, "", isEffect);
  }

  /** Answers what is sent to the endpoint {@code address}. */
  static void send(Stages stages, Exchange exchange, String address) throws Exception {
    Step step = StepMark.of(exchange);
    Stub stub = stages.current().answer(call(step, exchange, address, true));
    apply(stub, step, exchange, stages.clock());
  }

  private static SentCall call(Step step, Exchange exchange, String address, boolean isEffect) {
    Map<String, String> headers = new TreeMap<>();
    exchange
        .getMessage()
        .getHeaders()
        .forEach(
            (name, value) -> headers.put(name.toLowerCase(Locale.ROOT), text(exchange, value)));
    return new SentCall(
        step.name(),
        step.toString(),
        "",
        address,
        address.replaceFirst("^[\\w+.-]+:/*", "").replaceFirst("\\?.*", ""),
        Map.of(),
        headers,
        body(exchange),
        Optional.empty(),
        StepMark.isGuarded(exchange),
        isEffect,
        false);
  }

  private static String text(Exchange exchange, Object value) {
    String text =
        exchange.getContext().getTypeConverter().tryConvertTo(String.class, exchange, value);
    return text == null ? String.valueOf(value) : text;
  }

  private static Object body(Exchange exchange) {
    Object body = exchange.getMessage().getBody();
    if (body == null || body instanceof Map || body instanceof List) {
      return body;
    }
    return body(text(exchange, body).getBytes(StandardCharsets.UTF_8));
  }

  /** JSON as maps and lists, everything else as text. */
  static Object body(byte[] bytes) {
    if (bytes.length == 0) {
      return null;
    }
    return Json.parse(bytes)
        .filter(JsonNode::isContainerNode)
        .map(Json::plain)
        .orElseGet(() -> new String(bytes, StandardCharsets.UTF_8));
  }

  /** Makes the message what the stub says. */
  static void apply(Stub stub, Step step, Exchange exchange, TrialClock clock) throws IOException {
    clock.advance(Duration.ofMillis(stub.delayMillis()));
    if (stub.failure().isPresent()) {
      throw new IOException(stub.failure().get());
    }
    if (stub.status() >= 300) {
      throw new CallFailedException(
          step.name(),
          CallFailure.ofStatus(stub.status(), "", "HTTP " + stub.status(), Optional.empty()),
          null);
    }
    Message message = exchange.getMessage();
    if (stub.body() != null) {
      message.setBody(stub.body());
    }
    stub.headers().forEach(message::setHeader);
  }
}
