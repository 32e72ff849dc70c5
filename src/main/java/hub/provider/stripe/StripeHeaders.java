package hub.provider.stripe;

/** Message headers that {@code stripe:} reads. */
public final class StripeHeaders {
  /** The method: {@code create} (default), {@code retrieve}, {@code update}, {@code list}, … */
  public static final String METHOD = "CamelStripeMethod";

  /** Stripe's id of the object, for all methods but create and list. */
  public static final String OBJECT_ID = "CamelStripeObjectId";

  /** Overrides the operation in the address. */
  public static final String OPERATION = "CamelStripeOperation";

  /** Overrides the option {@code stripeAccount}. */
  public static final String ACCOUNT = "CamelStripeAccount";

  private StripeHeaders() {}
}
