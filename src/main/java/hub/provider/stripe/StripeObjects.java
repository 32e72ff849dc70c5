package hub.provider.stripe;

import com.stripe.exception.ApiException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.Customer;
import com.stripe.model.HasId;
import com.stripe.model.Product;
import com.stripe.model.StripeCollection;
import com.stripe.model.StripeObject;
import com.stripe.model.Subscription;
import com.stripe.net.ApiRequest;
import com.stripe.net.ApiResource.RequestMethod;
import com.stripe.net.BaseAddress;
import com.stripe.net.RequestOptions;
import com.stripe.net.StripeResponseGetter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Calls the methods of Stripe's objects, each with one request where possible. Thread-safe. */
final class StripeObjects {
  private static final int LARGEST_PAGE = 100;
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;

  private final StripeResponseGetter stripe;

  StripeObjects(StripeResponseGetter stripe) {
    this.stripe = stripe;
  }

  /**
   * @param id the object's id; empty for methods without one
   * @param options makes the options of each request, with the time that is left
   */
  StripeObject call(
      StripeOperation operation,
      StripeMethod method,
      String id,
      Map<String, Object> parameters,
      Supplier<RequestOptions> options)
      throws StripeException {
    try {
      return request(operation, method, id, parameters, options);
    } catch (InvalidRequestException e) {
      if (operation.verb(method) != RequestMethod.DELETE || e.getStatusCode() != NOT_FOUND) {
        throw e;
      }
      return gone(operation, id, options, e);
    }
  }

  /**
   * Handles a 404 to a DELETE. If the object has ended already, an earlier attempt whose response
   * was lost may have ended it, so this attempt counts as succeeded.
   */
  private StripeObject gone(
      StripeOperation operation, String id, Supplier<RequestOptions> options, StripeException error)
      throws StripeException {
    try {
      StripeObject object =
          request(operation, StripeMethod.RETRIEVE, id, new LinkedHashMap<>(), options);
      if (isEnded(object)) {
        return object;
      }
    } catch (StripeException unknown) {
      error.addSuppressed(unknown);
    }
    throw error;
  }

  /** Whether a subscription is canceled, or a customer or product deleted, for good. */
  private static boolean isEnded(StripeObject object) {
    if (object instanceof Subscription subscription) {
      return "canceled".equals(subscription.getStatus());
    }
    if (object instanceof Customer customer) {
      return Boolean.TRUE.equals(customer.getDeleted());
    }
    return object instanceof Product product && Boolean.TRUE.equals(product.getDeleted());
  }

  /**
   * Lists objects over several pages.
   *
   * @param maxObjects most objects to collect; {@code hasMore} of the result says whether there are
   *     more
   */
  StripeObject listAll(
      StripeOperation operation,
      Map<String, Object> parameters,
      int maxObjects,
      Supplier<RequestOptions> options)
      throws StripeException {
    Map<String, Object> request = new LinkedHashMap<>(parameters);
    request.putIfAbsent("limit", Math.min(LARGEST_PAGE, maxObjects));
    StripeCollection<HasId> all = page(operation, request, options);
    while (Boolean.TRUE.equals(all.getHasMore())
        && !all.getData().isEmpty()
        && all.getData().size() < maxObjects) {
      request.put("starting_after", all.getData().get(all.getData().size() - 1).getId());
      StripeCollection<HasId> next = page(operation, request, options);
      all.getData().addAll(next.getData());
      all.setHasMore(next.getHasMore());
      if (next.getData().isEmpty()) {
        break;
      }
    }
    if (all.getData().size() > maxObjects) {
      List<HasId> first = all.getData().subList(0, maxObjects);
      all.setData(first);
      all.setHasMore(true);
    }
    return all;
  }

  @SuppressWarnings("unchecked")
  private StripeCollection<HasId> page(
      StripeOperation operation, Map<String, Object> parameters, Supplier<RequestOptions> options)
      throws StripeException {
    return (StripeCollection<HasId>)
        request(operation, StripeMethod.LIST, "", new LinkedHashMap<>(parameters), options);
  }

  private StripeObject request(
      StripeOperation operation,
      StripeMethod method,
      String id,
      Map<String, Object> parameters,
      Supplier<RequestOptions> options)
      throws StripeException {
    ApiRequest request =
        new ApiRequest(
            BaseAddress.API,
            operation.verb(method),
            operation.path(method, id),
            parameters,
            options.get());
    try {
      return stripe.request(request, operation.type(method));
    } catch (NullPointerException | ClassCastException | IllegalStateException e) {
      // stripe-java fails in these ways for JSON that is not one of Stripe's objects.
      throw new ApiException("the answer is not one of Stripe's objects", null, null, OK, e);
    }
  }
}
