package hub.inbox;

import hub.inbox.db.Receipt;

/** Names of the exchange variables by which routes and the inbox pass an event's fields. */
public final class InboxVariables {
  /** The source of events that the hub itself appends, such as {@code hub.token.died}. */
  public static final String HUB_SOURCE = "hub";

  /**
   * The hub's id of the event, a UUID: in a handler, and after an append. Before an append the
   * provider's id, which the append reads where {@link #PROVIDER_EVENT_ID} is not set; a webhook's
   * verifier sets both.
   */
  public static final String EVENT_ID = "eventId";

  public static final String SOURCE = "source";
  public static final String TYPE = "type";
  public static final String ATTEMPT = "attempt";
  public static final String RECEIVED_AT = "receivedAt";
  public static final String ORDERING_KEY = "orderingKey";

  /** The provider's id of the event: read by an append, set in a handler and of a webhook. */
  public static final String PROVIDER_EVENT_ID = "providerEventId";

  /**
   * In a handler: the store's own number of the event, a long. Of two events the one stored later
   * has the higher number, whatever the clocks of the nodes say; 0 for an event of a version that
   * had no numbers.
   */
  public static final String SEQUENCE = "sequence";

  /** In a handler: the id of its route, also within the Kamelets that it uses. */
  public static final String HANDLER = "handler";

  /**
   * Exchange property, in a handler whose route had another id when the event was stored: that id.
   * Keys are made of it, so that a retry after the renaming repeats those of the attempt before.
   */
  public static final String KEYED_AS = "HubKeyedAs";

  /** Set by a handler: a note for the log of attempts, such as why it did nothing. */
  public static final String ATTEMPT_NOTE = "attemptNote";

  /** JSON object of the request's headers, secrets masked. */
  public static final String REQUEST_HEADERS = "requestHeaders";

  /** After an append: its {@link Receipt}. */
  public static final String RECEIPT = "receipt";

  /**
   * Exchange property: the source whose sender has signed the request of this exchange. Not a
   * variable, because a route could set one.
   */
  public static final String PROVEN_SOURCE = "HubProvenSource";

  /** Exchange property: the id of the event in the request of the proven sender. */
  public static final String PROVEN_EVENT_ID = "HubProvenEventId";

  /**
   * Exchange property: an {@code AtomicReference} that takes the first {@link Receipt} of a
   * request, also from the copies that a split makes.
   */
  public static final String FIRST_RECEIPT = "HubFirstReceipt";

  /**
   * Exchange property: the events of the proven sender's request, where its body holds several: a
   * {@code List} of {@link ProvenEvent}, in the order of the body. The first append of the route to
   * that source stores them in place of the body, outside of splits and loops. Empty: that append
   * stores nothing. Not a variable, because a route could set one.
   */
  public static final String PROVEN_EVENTS = "HubProvenEvents";

  /**
   * Exchange property: a token, text, in the request of the proven sender that is good once. The
   * append that spends it removes it. Not a variable, because a route could set one.
   */
  public static final String REPLAY_KEY = "HubReplayKey";

  /**
   * Exchange property, after an append of {@link #PROVEN_EVENTS}: a {@code List} with the {@link
   * Receipt} of each, in their order.
   */
  public static final String RECEIPTS = "HubReceipts";

  /**
   * Exchange property: the {@link StoredEvent} that began the exchange. An append of the same event
   * to the same source is done already.
   */
  public static final String STORED_EVENT = "HubStoredEvent";

  private InboxVariables() {}
}
