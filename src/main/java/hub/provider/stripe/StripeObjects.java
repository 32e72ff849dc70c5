package hub.provider.stripe;

import com.stripe.exception.ApiException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.exception.StripeException;
import com.stripe.model.HasId;
import com.stripe.model.StripeCollection;
import com.stripe.model.StripeObject;
import com.stripe.net.ApiRequest;
import com.stripe.net.ApiResource.RequestMethod;
import com.stripe.net.BaseAddress;
import com.stripe.net.RequestOptions;
import com.stripe.net.StripeResponseGetter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Does what a method means, in one request where Stripe lets it. Thread-safe. */
final class StripeObjects {
  private static final int LARGEST_PAGE = 100;
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;

  private final StripeResponseGetter stripe;

  StripeObjects(StripeResponseGetter stripe) {
    this.stripe = stripe;
  }

  /**
   * @param id empty for methods that need none
   * @param options made anew for each request, with the time that is left
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
   * An object that is gone may be gone because an earlier attempt, whose answer was lost, did it:
   * then this one has succeeded.
   */
  private StripeObject gone(
      StripeOperation operation, String id, Supplier<RequestOptions> options, StripeException error)
      throws StripeException {
    try {
      StripeObject object =
          request(operation, StripeMethod.RETRIEVE, id, new LinkedHashMap<>(), options);
      if (Ended.isEnded(object)) {
        return object;
      }
    } catch (StripeException unknown) {
      error.addSuppressed(unknown);
    }
    throw error;
  }

  /**
   * Lists over pages.
   *
   * @param most objects to collect; {@code hasMore} of the result says whether there are others
   */
  StripeObject listAll(
      StripeOperation operation,
      Map<String, Object> parameters,
      int most,
      Supplier<RequestOptions> options)
      throws StripeException {
    Map<String, Object> asked = new LinkedHashMap<>(parameters);
    asked.putIfAbsent("limit", Math.min(LARGEST_PAGE, most));
    StripeCollection<HasId> all = page(operation, asked, options);
    while (Boolean.TRUE.equals(all.getHasMore())
        && !all.getData().isEmpty()
        && all.getData().size() < most) {
      asked.put("starting_after", all.getData().get(all.getData().size() - 1).getId());
      StripeCollection<HasId> next = page(operation, asked, options);
      all.getData().addAll(next.getData());
      all.setHasMore(next.getHasMore());
      if (next.getData().isEmpty()) {
        break;
      }
    }
    if (all.getData().size() > most) {
      List<HasId> first = all.getData().subList(0, most);
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
      // The library stumbles over JSON that is not one of Stripe's objects.
      throw new ApiException("the answer is not one of Stripe's objects", null, null, OK, e);
    }
  }
}
