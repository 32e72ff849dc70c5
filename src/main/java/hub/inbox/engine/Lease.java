package hub.inbox.engine;

import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;

/**
 * The right of a handler's exchange to act for its events. Each step that leaves the process checks
 * it just before it acts. While the lease holds by both clocks, the check asks nobody. Otherwise
 * the store is asked to renew the lease; that fails when another process has taken the event over.
 * Thread-safe.
 */
public final class Lease {
  private static final String PROPERTY = "HubLease";

  /** Renews leases in the store. */
  interface Renewer {
    LeasedDelivery.Moment now();

    /** Whether the store is known to be unavailable. */
    boolean isStoreAway();

    /**
     * Returns when the leases of all hold again, however long the store is unavailable.
     *
     * @throws LeaseExpiredException when another process has one of the events, or the hub stops
     */
    void awaitRenewed(List<LeasedDelivery> deliveries);
  }

  private final List<LeasedDelivery> deliveries;
  private final Renewer renewer;

  public Lease(List<LeasedDelivery> deliveries, Renewer renewer) {
    this.deliveries = List.copyOf(deliveries);
    this.renewer = renewer;
  }

  public void attachTo(Exchange exchange) {
    exchange.setProperty(PROPERTY, this);
  }

  /** The lease under which the exchange runs; empty outside of a handler. */
  public static Optional<Lease> of(Exchange exchange) {
    return Optional.ofNullable(exchange).map(one -> one.getProperty(PROPERTY, Lease.class));
  }

  /**
   * Call this just before a step acts. Does nothing outside of a handler.
   *
   * @throws LeaseExpiredException when another process may be handling the event
   */
  public static void require(Exchange exchange) {
    of(exchange).ifPresent(Lease::require);
  }

  /**
   * Call this just before a step that needs the hub's store. Also waits while the store is
   * unavailable: a failure would repeat the effects of the attempt's earlier steps.
   */
  public static void requireWithStore(Exchange exchange) {
    of(exchange)
        .ifPresent(
            lease -> {
              if (lease.renewer.isStoreAway()) {
                lease.renewer.awaitRenewed(lease.deliveries);
              }
              lease.require();
            });
  }

  /**
   * Call this after the store failed and the step did nothing. Returns when the step may be tried
   * again.
   *
   * @return false outside of a handler: do not wait but report the failure
   * @throws LeaseExpiredException as {@link #require(Exchange)}
   */
  public static boolean awaitStore(Exchange exchange) {
    Optional<Lease> lease = of(exchange);
    lease.ifPresent(one -> one.renewer.awaitRenewed(one.deliveries));
    return lease.isPresent();
  }

  /** Puts an exchange that a handler's step made under the handler's lease. */
  public static void copy(Exchange from, Exchange to) {
    of(from).ifPresent(lease -> lease.attachTo(to));
  }

  /** Whether the lease holds, as far as this process knows without asking the store. */
  public boolean holds() {
    LeasedDelivery.Moment now = renewer.now();
    return deliveries.stream().allMatch(one -> one.holds(now));
  }

  /**
   * May block while the store is unavailable.
   *
   * @throws LeaseExpiredException as {@link #require(Exchange)}
   */
  public void require() {
    if (!holds()) {
      renewer.awaitRenewed(deliveries);
    }
  }
}
