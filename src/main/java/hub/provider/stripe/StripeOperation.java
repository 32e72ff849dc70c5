package hub.provider.stripe;

import static hub.provider.stripe.StripeMethod.CANCEL;
import static hub.provider.stripe.StripeMethod.CAPTURE;
import static hub.provider.stripe.StripeMethod.CREATE;
import static hub.provider.stripe.StripeMethod.DELETE;
import static hub.provider.stripe.StripeMethod.LIST;
import static hub.provider.stripe.StripeMethod.RETRIEVE;
import static hub.provider.stripe.StripeMethod.UPDATE;

import com.stripe.model.BalanceTransaction;
import com.stripe.model.Charge;
import com.stripe.model.Customer;
import com.stripe.model.Invoice;
import com.stripe.model.PaymentIntent;
import com.stripe.model.PaymentMethod;
import com.stripe.model.Price;
import com.stripe.model.Product;
import com.stripe.model.Refund;
import com.stripe.model.StripeCollection;
import com.stripe.model.StripeObject;
import com.stripe.model.Subscription;
import com.stripe.net.ApiResource.RequestMethod;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The kinds of Stripe's objects, as the address {@code stripe:customers} names them. camel-stripe
 * calls a kind an operation, and what is done to it a method; its headers are named so.
 */
enum StripeOperation {
  CHARGES("charges", "charges", Charge.class, CREATE, RETRIEVE, UPDATE, LIST, CAPTURE),
  CUSTOMERS("customers", "customers", Customer.class, CREATE, RETRIEVE, UPDATE, LIST, DELETE),
  PAYMENT_INTENTS(
      "paymentIntents",
      "payment_intents",
      PaymentIntent.class,
      CREATE,
      RETRIEVE,
      UPDATE,
      LIST,
      CANCEL),
  PAYMENT_METHODS(
      "paymentMethods", "payment_methods", PaymentMethod.class, CREATE, RETRIEVE, UPDATE, LIST),
  REFUNDS("refunds", "refunds", Refund.class, CREATE, RETRIEVE, UPDATE, LIST),
  SUBSCRIPTIONS(
      "subscriptions", "subscriptions", Subscription.class, CREATE, RETRIEVE, UPDATE, LIST, CANCEL),
  INVOICES("invoices", "invoices", Invoice.class, CREATE, RETRIEVE, UPDATE, LIST),
  PRODUCTS("products", "products", Product.class, CREATE, RETRIEVE, UPDATE, LIST, DELETE),
  PRICES("prices", "prices", Price.class, CREATE, RETRIEVE, UPDATE, LIST),
  BALANCE_TRANSACTIONS(
      "balanceTransactions", "balance_transactions", BalanceTransaction.class, RETRIEVE, LIST);

  private final String text;
  private final String path;
  private final Class<? extends StripeObject> type;
  private final List<StripeMethod> methods;

  StripeOperation(
      String text, String path, Class<? extends StripeObject> type, StripeMethod... methods) {
    this.text = text;
    this.path = "/v1/" + path;
    this.type = type;
    this.methods = List.of(methods);
  }

  /** The name in addresses, such as {@code customers}. */
  String text() {
    return text;
  }

  List<StripeMethod> methods() {
    return methods;
  }

  static Set<String> names() {
    return Arrays.stream(values())
        .map(StripeOperation::text)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  static StripeOperation of(String text) {
    return Arrays.stream(values())
        .filter(operation -> operation.text.equals(text.strip()))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "stripe: there is no operation '"
                        + text
                        + "'; write one of "
                        + String.join(", ", names())));
  }

  void require(StripeMethod method) {
    if (!methods.contains(method)) {
      throw new IllegalArgumentException(
          "stripe:"
              + text
              + " has no method '"
              + method.text()
              + "'; it has "
              + methods.stream().map(StripeMethod::text).collect(Collectors.joining(", ")));
    }
  }

  RequestMethod verb(StripeMethod method) {
    return switch (method) {
      case RETRIEVE, LIST -> RequestMethod.GET;
      case DELETE -> RequestMethod.DELETE;
      case CANCEL -> this == SUBSCRIPTIONS ? RequestMethod.DELETE : RequestMethod.POST;
      case CREATE, UPDATE, CAPTURE -> RequestMethod.POST;
    };
  }

  /**
   * @param id the object's id, not yet percent-encoded; ignored by methods without one
   */
  String path(StripeMethod method, String id) {
    if (!method.needsId()) {
      return path;
    }
    String object = path + "/" + URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    return switch (method) {
      case CANCEL -> this == SUBSCRIPTIONS ? object : object + "/cancel";
      case CAPTURE -> object + "/capture";
      default -> object;
    };
  }

  /** The type of the response. */
  Type type(StripeMethod method) {
    return method == StripeMethod.LIST ? new ListOf(type) : type;
  }

  /** The type {@code StripeCollection<element>}, for stripe-java's JSON reader. */
  private record ListOf(Class<?> element) implements ParameterizedType {
    @Override
    public Type[] getActualTypeArguments() {
      return new Type[] {element};
    }

    @Override
    public Type getRawType() {
      return StripeCollection.class;
    }

    @Override
    public Type getOwnerType() {
      return null;
    }
  }
}
