package hub.provider.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import hub.testing.Hubs;
import hub.testing.Payload;
import hub.testing.Store;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("postgres")
@Tag("waits")
class StripeSubscriptionTest {
  private static final Hubs HUBS = StripeHub.shared();

  private static final Payload CREATED = Payload.of("stripe/customer.subscription.created.json");
  private static final Payload CREATED_2024 =
      Payload.of("stripe/customer.subscription.created-2024.json");
  private static final Payload UPDATED = Payload.of("stripe/customer.subscription.updated.json");
  private static final Payload DELETED = Payload.of("stripe/customer.subscription.deleted.json");

  private static int counter;

  /** An event about this subscription, with a unique id. */
  private static Payload about(String subscription, Payload event) {
    return event.with("/data/object/id", subscription).with("/id", "evt_" + ++counter);
  }

  private static Payload at(long created, Payload event) {
    return event.with("/created", created);
  }

  private static List<List<Payload>> permutations(Payload... events) {
    List<List<Payload>> orders = new ArrayList<>(List.of(List.of()));
    for (Payload event : events) {
      List<List<Payload>> longer = new ArrayList<>();
      for (List<Payload> order : orders) {
        for (int place = 0; place <= order.size(); place++) {
          List<Payload> with = new ArrayList<>(order);
          with.add(place, event);
          longer.add(with);
        }
      }
      orders = longer;
    }
    return orders;
  }

  @AfterAll
  static void stop() {
    HUBS.close();
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void whatever_order_stripe_delivers_in_the_last_thing_that_happened_stays(Store store) {
    try (StripeHub stripe = StripeHub.on(HUBS, store)) {
      List<List<Payload>> orders = permutations(CREATED, UPDATED, DELETED);
      for (int i = 0; i < orders.size(); i++) {
        for (Payload event : orders.get(i)) {
          stripe.deliver(about("sub_apart_" + i, event));
          stripe.deliver(about("sub_same_second_" + i, at(1767225600, event)));
        }
      }
      stripe.settle();

      for (int i = 0; i < orders.size(); i++) {
        for (String name : List.of("sub_apart_", "sub_same_second_")) {
          assertThat(stripe.row(name + i, "status", "event_rank"))
              .as("%s in order %d", name, i)
              .contains("canceled 3");
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void within_a_second_an_update_counts_more_than_the_creation(Store store) {
    try (StripeHub stripe = StripeHub.on(HUBS, store)) {
      stripe.deliver(about("sub_1", at(5, UPDATED)));
      stripe.settle();
      stripe.deliver(about("sub_1", at(5, CREATED)));
      stripe.settle();

      assertThat(stripe.row("sub_1", "status")).contains("active");
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void of_two_updates_within_a_second_the_one_received_later_stays(Store store) {
    try (StripeHub stripe = StripeHub.on(HUBS, store)) {
      List<String> states = new ArrayList<>(List.of("past_due", "active", "unpaid"));
      for (int round = 0; round < 6; round++) {
        Collections.rotate(states, 1);
        for (String status : states) {
          stripe.deliver(about("sub_" + round, at(5, UPDATED)).with("/data/object/status", status));
        }
        stripe.settle();
        assertThat(stripe.row("sub_" + round, "status")).contains(states.get(2));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_repeated_or_older_event_changes_nothing_at_all(Store store) {
    try (StripeHub stripe = StripeHub.on(HUBS, store)) {
      Payload first = about("sub_1", at(5, UPDATED));
      stripe.deliver(first);
      stripe.settle();
      Optional<String> before = stripe.row("sub_1", "status", "event_id", "updated_at");

      stripe.deliver(first);
      stripe.deliver(about("sub_1", at(4, DELETED)));
      stripe.settle();
      stripe.handleAllAgain();

      assertThat(stripe.row("sub_1", "status", "event_id", "updated_at")).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void a_replay_mends_what_an_uncorrected_route_wrote(Store store) {
    try (StripeHub stripe = StripeHub.on(HUBS, store)) {
      stripe.deliver(about("sub_1", at(5, UPDATED)));
      stripe.settle();
      Optional<String> right = stripe.row("sub_1", "status", "customer_id", "current_period_end");
      stripe.hub.update(
          "UPDATE subscription SET status = 'wrong', customer_id = NULL, current_period_end = NULL");

      stripe.handleAllAgain();

      assertThat(stripe.row("sub_1", "status", "customer_id", "current_period_end"))
          .isEqualTo(right);
    }
  }

  @ParameterizedTest
  @EnumSource(Store.class)
  void the_period_end_is_read_wherever_the_accounts_api_version_puts_it(Store store) {
    try (StripeHub stripe = StripeHub.on(HUBS, store)) {
      stripe.deliver(about("sub_old", CREATED_2024));
      stripe.deliver(about("sub_new", CREATED));
      stripe.deliver(
          about("sub_items", CREATED)
              .with(
                  "/data/object/items/data",
                  List.of(
                      Map.of("current_period_end", 1769904000),
                      Map.of("current_period_end", 4102444800L),
                      Map.of("current_period_end", 1769904001))));
      stripe.deliver(about("sub_none", CREATED).with("/data/object/items/data", List.of()));
      stripe.settle();

      assertThat(periodEnd(stripe, "sub_old")).contains("\"2026-02-01T00:00:00Z\"");
      assertThat(periodEnd(stripe, "sub_new")).contains("\"2026-02-01T00:00:00Z\"");
      assertThat(periodEnd(stripe, "sub_items"))
          .as("the latest of several: until then something is paid for")
          .contains("\"2100-01-01T00:00:00Z\"");
      assertThat(periodEnd(stripe, "sub_none")).contains("null");
    }
  }

  private static String periodEnd(StripeHub stripe, String id) {
    return stripe
        .hub
        .get("/api/payments/subscriptions/" + id)
        .body()
        .replaceAll(".*\"currentPeriodEnd\":([^,}]*).*", "$1");
  }
}
