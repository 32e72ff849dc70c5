package hub.provider.stripe;

import com.stripe.exception.StripeException;
import com.stripe.model.StripeObject;
import com.stripe.net.ApiResource.RequestMethod;
import com.stripe.net.RequestOptions;
import hub.call.http.UnfitValueException;
import hub.call.policy.Call;
import hub.config.Settings;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.DefaultProducer;

/** Calls Stripe as the message says and sets the body to the returned object. Thread-safe. */
final class StripeProducer extends DefaultProducer {
  /**
   * Keys that a header can carry. HttpClient quotes an invalid header value in its exception, which
   * would leak the key.
   */
  private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]+");

  private final StripeOperation defaultOperation;
  private StripeObjects stripe;
  private Runnable stopWatching = () -> {};

  StripeProducer(StripeEndpoint endpoint) {
    super(endpoint);
    this.defaultOperation = StripeOperation.of(endpoint.getOperation());
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    stripe = getEndpoint().client();
    stopWatching =
        getEndpoint()
            .getComponent()
            .settings()
            .whenChanged(getEndpoint().getApiKey(), StripeProducer::checkKey);
  }

  @Override
  protected void doStop() throws Exception {
    stopWatching.run();
    super.doStop();
  }

  /** Checks a changed key; requests read the key themselves. */
  private static Runnable checkKey(String key) {
    if (!KEY.matcher(key.strip()).matches()) {
      throw new IllegalArgumentException("holds what is no key of Stripe's");
    }
    return () -> {};
  }

  @Override
  public StripeEndpoint getEndpoint() {
    return (StripeEndpoint) super.getEndpoint();
  }

  @Override
  public void process(Exchange exchange) throws Exception {
    Message message = exchange.getMessage();
    StripeOperation operation =
        header(message, StripeHeaders.OPERATION).map(StripeOperation::of).orElse(defaultOperation);
    StripeMethod method =
        header(message, StripeHeaders.METHOD).map(StripeMethod::of).orElse(StripeMethod.CREATE);
    operation.require(method);
    String id = method.needsId() ? id(message, operation, method) : "";
    Map<String, Object> parameters = parameters(message, method);
    Optional<String> key =
        operation.verb(method) == RequestMethod.POST
            ? Optional.of(StripeIdempotencyKey.of(exchange, operation))
            : Optional.empty();
    StripeObject result =
        call(operation, method, id, parameters, () -> options(exchange, message, key));
    Call.of(exchange).ifPresent(call -> call.answered(result.getLastResponse().code()));
    message.setBody(result);
  }

  private StripeObject call(
      StripeOperation operation,
      StripeMethod method,
      String id,
      Map<String, Object> parameters,
      Supplier<RequestOptions> options)
      throws StripeException {
    if (method != StripeMethod.LIST || !getEndpoint().isAutoPaging()) {
      return stripe.call(operation, method, id, parameters, options);
    }
    if (parameters.containsKey("ending_before")) {
      throw new IllegalArgumentException(
          "stripe: autoPaging goes forward only, so it does not take ending_before");
    }
    return stripe.listAll(operation, parameters, getEndpoint().getMaxObjects(), options);
  }

  private Map<String, Object> parameters(Message message, StripeMethod method) throws Exception {
    if (method.takesBody()) {
      return StripeParameters.of(message, getEndpoint().expanded());
    }
    Map<String, Object> parameters = new LinkedHashMap<>();
    if (method == StripeMethod.RETRIEVE && !getEndpoint().expanded().isEmpty()) {
      parameters.put("expand", getEndpoint().expanded());
    }
    return parameters;
  }

  private static String id(Message message, StripeOperation operation, StripeMethod method) {
    String id =
        header(message, StripeHeaders.OBJECT_ID)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "stripe:"
                            + operation.text()
                            + ": "
                            + method.text()
                            + " needs the header "
                            + StripeHeaders.OBJECT_ID));
    return UnfitValueException.segment(StripeHeaders.OBJECT_ID, id);
  }

  private RequestOptions options(Exchange exchange, Message message, Optional<String> key) {
    StripeEndpoint endpoint = getEndpoint();
    RequestOptions.RequestOptionsBuilder options =
        RequestOptions.builder()
            .setApiKey(secret())
            .setReadTimeout((int) Call.timeLeft(exchange).toMillis());
    key.ifPresent(options::setIdempotencyKey);
    header(message, StripeHeaders.ACCOUNT)
        .or(() -> Optional.of(endpoint.getStripeAccount()).filter(account -> !account.isBlank()))
        .map(account -> UnfitValueException.header(StripeHeaders.ACCOUNT, account))
        .ifPresent(options::setStripeAccount);
    return options.build();
  }

  private String secret() {
    String name = getEndpoint().getApiKey();
    String secret = getEndpoint().getComponent().settings().named(name).orElse("").strip();
    if (!KEY.matcher(secret).matches()) {
      String fault = secret.isEmpty() ? "set " + name : name + " holds what is no key; set it";
      throw new ProblemException(
          Problem.of(
              503, "not-configured", "stripe is not configured: " + fault + Settings.TAKES_EFFECT));
    }
    return secret;
  }

  private static Optional<String> header(Message message, String name) {
    return Optional.ofNullable(message.getHeader(name, String.class))
        .map(String::strip)
        .filter(value -> !value.isEmpty());
  }
}
