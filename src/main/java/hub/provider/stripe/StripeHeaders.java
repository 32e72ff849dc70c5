package hub.provider.stripe;

import org.apache.camel.spi.Metadata;

/** Message headers that {@code stripe:} reads. */
public final class StripeHeaders {
  @Metadata(
      label = "producer",
      javaType = "String",
      enums = "create,retrieve,update,list,delete,cancel,capture",
      defaultValue = "create",
      description = "What to do with the object")
  public static final String METHOD = "CamelStripeMethod";

  @Metadata(
      label = "producer",
      javaType = "String",
      description = "Stripe's id of the object, for all methods but create and list")
  public static final String OBJECT_ID = "CamelStripeObjectId";

  @Metadata(
      label = "producer",
      javaType = "String",
      description = "Overrides the operation in the address")
  public static final String OPERATION = "CamelStripeOperation";

  @Metadata(
      label = "producer",
      javaType = "String",
      description = "Overrides the option stripeAccount")
  public static final String ACCOUNT = "CamelStripeAccount";

  private StripeHeaders() {}
}
