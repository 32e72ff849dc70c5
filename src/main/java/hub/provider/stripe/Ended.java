package hub.provider.stripe;

import com.stripe.model.Customer;
import com.stripe.model.Product;
import com.stripe.model.StripeObject;
import com.stripe.model.Subscription;

/** Tells whether an object is over for good. */
final class Ended {
  private Ended() {}

  /** A subscription that is canceled, a customer or a product that is deleted. */
  static boolean isEnded(StripeObject object) {
    if (object instanceof Subscription subscription) {
      return "canceled".equals(subscription.getStatus());
    }
    if (object instanceof Customer customer) {
      return Boolean.TRUE.equals(customer.getDeleted());
    }
    return object instanceof Product product && Boolean.TRUE.equals(product.getDeleted());
  }
}
