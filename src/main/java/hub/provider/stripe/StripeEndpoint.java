package hub.provider.stripe;

import com.stripe.net.LiveStripeResponseGetter;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/** An endpoint for one kind of Stripe's objects, with one address and one key. */
@UriEndpoint(
    scheme = "stripe",
    firstVersion = "4.18.0",
    title = "Stripe",
    syntax = "stripe:operation",
    producerOnly = true,
    headersClass = StripeHeaders.class,
    category = {Category.SAAS})
public final class StripeEndpoint extends DefaultEndpoint {
  static final String DEFAULT_KEY = "STRIPE_SECRET_KEY";
  static final String DEFAULT_BASE = "https://api.stripe.com";

  private static final String BASE_VARIABLE = "STRIPE_API_BASE";
  private static final Pattern KEY = Pattern.compile("(sk|rk|pk)_.*");

  @UriPath(description = "The kind of objects, such as customers or paymentIntents")
  @Metadata(required = true)
  private final String operation;

  @UriParam(
      label = "security",
      defaultValue = DEFAULT_KEY,
      description =
          "Name of the property or variable that holds the secret key, never the key itself")
  private String apiKey;

  @UriParam(
      defaultValue = DEFAULT_BASE,
      description = "Address of Stripe's API; STRIPE_API_BASE, where set, is the default")
  private String apiBase;

  @UriParam(
      description =
          "The connected account that requests are made for; the header CamelStripeAccount overrides it")
  private String stripeAccount = "";

  @UriParam(description = "Comma-separated fields to answer whole instead of by id")
  private String expand = "";

  @UriParam(
      defaultValue = "false",
      description = "Whether list collects the pages after the first, up to maxObjects")
  private boolean autoPaging;

  @UriParam(
      defaultValue = "1000",
      description =
          "Objects that list collects with autoPaging, at most; ${body.hasMore} tells whether there are others")
  private int maxObjects = 1000;

  StripeEndpoint(String uri, StripeComponent component, String operation) {
    super(uri, component);
    this.operation = operation;
    StripeOperation.of(operation);
  }

  /** All names that may follow {@code stripe:}. */
  public static Set<String> operations() {
    return StripeOperation.names();
  }

  /** Whether {@code value} is itself a key of Stripe's, not the name of a variable. */
  public static boolean isKey(String value) {
    return KEY.matcher(value).matches();
  }

  @Override
  public Producer createProducer() {
    if (maxObjects < 1) {
      throw new IllegalArgumentException("stripe:" + operation + ": maxObjects is at least 1");
    }
    return new StripeProducer(this);
  }

  @Override
  public Consumer createConsumer(Processor processor) {
    throw new UnsupportedOperationException(
        "stripe: is for 'to'; Stripe's events come in by a webhook, see routes/stripe");
  }

  @Override
  public StripeComponent getComponent() {
    return (StripeComponent) super.getComponent();
  }

  /** A new client for this endpoint. */
  StripeObjects client() {
    return new StripeObjects(
        new LiveStripeResponseGetter(
            new StripeClientOptions(base()), new StripeHttp(getComponent().http())));
  }

  private String base() {
    String base =
        apiBase == null || apiBase.isBlank()
            ? getComponent().settings().named(BASE_VARIABLE).orElse(DEFAULT_BASE)
            : apiBase;
    return base.strip().replaceFirst("/+$", "");
  }

  List<String> expanded() {
    return Arrays.stream(expand.split(","))
        .map(String::strip)
        .filter(field -> !field.isEmpty())
        .toList();
  }

  public String getOperation() {
    return operation;
  }

  public String getApiKey() {
    return apiKey;
  }

  public void setApiKey(String apiKey) {
    this.apiKey = apiKey;
  }

  public String getApiBase() {
    return apiBase;
  }

  public void setApiBase(String apiBase) {
    this.apiBase = apiBase;
  }

  public String getStripeAccount() {
    return stripeAccount;
  }

  public void setStripeAccount(String stripeAccount) {
    this.stripeAccount = stripeAccount;
  }

  public String getExpand() {
    return expand;
  }

  public void setExpand(String expand) {
    this.expand = expand;
  }

  public boolean isAutoPaging() {
    return autoPaging;
  }

  public void setAutoPaging(boolean autoPaging) {
    this.autoPaging = autoPaging;
  }

  public int getMaxObjects() {
    return maxObjects;
  }

  public void setMaxObjects(int maxObjects) {
    this.maxObjects = maxObjects;
  }
}
