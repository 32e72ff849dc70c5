package hub.inbox.engine;

import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;

/**
 * The right of a handler's exchange to act for its events. Each step that leaves the process asks
 * for it just before it acts. While both clocks say that the lease holds, that costs no more than a
 * look at them; else the store is asked to renew the lease, and says whether somebody else has
 * taken the event over. Thread-safe.
 */
public final class Lease {
  private static final String PROPERTY = "HubLease";

  /** Who can ask the store. */
  interface Keeper {
    LeasedDelivery.Moment now();

    /** Whether the store is known to be away. */
    boolean isStoreAway();

    /**
     * Returns when the lease of all holds again, however long the store is away.
     *
     * @throws LeaseExpiredException when somebody else has one of them, or the hub stops
     */
    void keep(List<LeasedDelivery> held);
  }

  private final List<LeasedDelivery> held;
  private final Keeper keeper;

  public Lease(List<LeasedDelivery> held, Keeper keeper) {
    this.held = List.copyOf(held);
    this.keeper = keeper;
  }

  public void attachTo(Exchange exchange) {
    exchange.setProperty(PROPERTY, this);
  }

  /** The lease under which the exchange runs; empty outside of a handler. */
  public static Optional<Lease> of(Exchange exchange) {
    return Optional.ofNullable(exchange).map(one -> one.getProperty(PROPERTY, Lease.class));
  }

  /**
   * For the moment before a step acts.
   *
   * @throws LeaseExpiredException when the event of this handler may be somebody else's
   */
  public static void require(Exchange exchange) {
    of(exchange).ifPresent(Lease::require);
  }

  /**
   * For the moment before a step that needs the hub's store: waits, too, while the store is away,
   * so that an outage does not fail an attempt whose earlier steps have had their effect.
   */
  public static void requireWithStore(Exchange exchange) {
    of(exchange)
        .ifPresent(
            lease -> {
              if (lease.keeper.isStoreAway()) {
                lease.keeper.keep(lease.held);
              }
              lease.require();
            });
  }

  /**
   * After a failure of the store before anything was done: returns when the step may be tried
   * again.
   *
   * @return false outside of a handler, where the failure is to be told
   * @throws LeaseExpiredException as {@link #require(Exchange)}
   */
  public static boolean awaitStore(Exchange exchange) {
    Optional<Lease> lease = of(exchange);
    lease.ifPresent(one -> one.keeper.keep(one.held));
    return lease.isPresent();
  }

  /** Lets an exchange that a handler's step made act under the handler's lease. */
  public static void handOn(Exchange from, Exchange to) {
    of(from).ifPresent(lease -> lease.attachTo(to));
  }

  /** Whether the lease holds for all that is known without asking the store. */
  public boolean holds() {
    LeasedDelivery.Moment now = keeper.now();
    return held.stream().allMatch(one -> one.holds(now));
  }

  /**
   * May block while the store is away.
   *
   * @throws LeaseExpiredException as {@link #require(Exchange)}
   */
  public void require() {
    if (!holds()) {
      keeper.keep(held);
    }
  }
}
