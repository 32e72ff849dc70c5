package hub.inbox.camel;

import hub.config.Setting;
import hub.inbox.db.PublishedHandler;
import hub.inbox.engine.Inbox;
import java.util.Arrays;
import java.util.List;
import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.MultipleConsumersSupport;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriParam;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/** The events of one source: a producer stores them, a consumer handles them. */
@UriEndpoint(
    scheme = "inbox",
    firstVersion = "4.18.0",
    title = "Inbox",
    syntax = "inbox:source",
    category = {Category.CORE})
public final class InboxEndpoint extends DefaultEndpoint implements MultipleConsumersSupport {
  /** All payloads of a batch are in memory at once. */
  private static final int MOST_BATCH = 1_000;

  @UriPath(description = "The source whose events these are")
  @Metadata(required = true)
  private final String source;

  @UriParam(
      label = "consumer",
      description =
          "Comma-separated event types to handle, where a star stands for any characters, dots too; all when empty")
  private String types;

  // Not a secret, but only those survive the way through the endpoint's URI with &, + and % in
  // them.
  @UriParam(
      label = "consumer",
      secret = true,
      description =
          "Condition under which the route gets an event of these types, decided when the event is stored: a JSONPath that must find something, from $. or $[, else Simple on the payload, the headers and the event's variables; an event for which it cannot be decided comes")
  private String when;

  @UriParam(
      label = "consumer",
      enums = "none,orderingKey",
      defaultValue = "none",
      description =
          "orderingKey: events with the same key run one after another, also while the first one waits for a retry")
  private String orderBy = "none";

  @UriParam(
      label = "consumer",
      defaultValue = "10",
      description = "Events that this route handles at the same time in this process")
  private int concurrency = 10;

  @UriParam(
      label = "consumer",
      defaultValue = "60",
      description =
          "Seconds without a sign of life from its process after which another one takes an event over; further steps of the one that lost it are refused")
  private int leaseSeconds = 60;

  @UriParam(
      label = "consumer",
      description =
          "Wait before each retry in seconds, comma-separated, each 20 % more or less; their number is the number of retries; default hub.inbox.retry-delays-seconds")
  private String retryDelaysSeconds;

  @UriParam(
      label = "consumer",
      enums = "retry,park",
      defaultValue = "retry",
      description =
          "What becomes of an event whose call a provider refused for good: retry, by the schedule; park, as dead at once")
  private String refused = "retry";

  @UriParam(
      label = "consumer",
      defaultValue = "1",
      description =
          "Events that the route gets at once, at most; beyond 1 its body is a list of them, with id, type, payload and more")
  private int batch = 1;

  @UriParam(
      label = "consumer",
      defaultValue = "1000",
      description = "Milliseconds that the first event of a batch waits for others")
  private int batchMillis = 1_000;

  @UriParam(
      label = "consumer",
      description =
          "Comma-separated ids that this route had before: it takes over what waits under them, their dead events and their idempotency keys, once no node has a route of such an id")
  private String formerly;

  @UriParam(
      label = "consumer",
      enums = "auto,true,false",
      defaultValue = "auto",
      description =
          "true: what the route writes to the hub's database, its keys and its appends are one commit with its completion, so each happens exactly once; refused when a step has another effect; auto: where no step has")
  private String transacted = "auto";

  @UriParam(
      label = "producer",
      enums = "random",
      description =
          "random: each append is an event of its own where nothing gives it an id; without it such an append fails")
  private String id;

  InboxEndpoint(String uri, InboxComponent component, String source) {
    super(uri, component);
    this.source = source;
  }

  @Override
  public Producer createProducer() {
    return new InboxProducer(this);
  }

  @Override
  public Consumer createConsumer(Processor processor) throws Exception {
    require(concurrency >= 1, "concurrency=" + concurrency + ": at least 1");
    require(leaseSeconds >= 1, "leaseSeconds=" + leaseSeconds + ": at least 1");
    require(
        List.of("none", "orderingKey").contains(orderBy),
        "orderBy=" + orderBy + ": write orderingKey or none");
    require(batch >= 1 && batch <= MOST_BATCH, "batch=" + batch + ": 1 to " + MOST_BATCH);
    require(batchMillis >= 1, "batchMillis=" + batchMillis + ": at least 1");
    require(
        List.of("retry", "park").contains(refused), "refused=" + refused + ": write retry or park");
    require(
        List.of("auto", "true", "false").contains(transacted),
        "transacted=" + transacted + ": write auto, true or false");
    if (hasCondition()) {
      getComponent().conditions().read(when);
    }
    InboxConsumer consumer = new InboxConsumer(this, processor);
    configureConsumer(consumer);
    return consumer;
  }

  /** Several routes may handle the same event; each has its own delivery. */
  @Override
  public boolean isMultipleConsumersSupported() {
    return true;
  }

  private void require(boolean holds, String complaint) {
    if (!holds) {
      throw new IllegalArgumentException("inbox:" + source + ": " + complaint);
    }
  }

  /** Seconds before each retry: the route's own setting, else the hub's. */
  List<Long> retryDelays() {
    if (retryDelaysSeconds == null || retryDelaysSeconds.isBlank()) {
      return inbox().settings().delays(Setting.RETRY_DELAYS_SECONDS);
    }
    return Arrays.stream(retryDelaysSeconds.split(","))
        .map(String::trim)
        .map(Long::valueOf)
        .toList();
  }

  @Override
  public InboxComponent getComponent() {
    return (InboxComponent) super.getComponent();
  }

  Inbox inbox() {
    return getComponent().inbox();
  }

  public String getSource() {
    return source;
  }

  public String getTypes() {
    return types;
  }

  public void setTypes(String types) {
    this.types = types;
  }

  public String getWhen() {
    return when;
  }

  public void setWhen(String when) {
    this.when = when;
  }

  private boolean hasCondition() {
    return when != null && !when.isBlank();
  }

  /** The text of {@code when}; empty: every event of its types. */
  String condition() {
    return hasCondition() ? when.strip() : "";
  }

  public String getOrderBy() {
    return orderBy;
  }

  public void setOrderBy(String orderBy) {
    this.orderBy = orderBy;
  }

  public int getConcurrency() {
    return concurrency;
  }

  public void setConcurrency(int concurrency) {
    this.concurrency = concurrency;
  }

  public int getLeaseSeconds() {
    return leaseSeconds;
  }

  public void setLeaseSeconds(int leaseSeconds) {
    this.leaseSeconds = leaseSeconds;
  }

  public String getRetryDelaysSeconds() {
    return retryDelaysSeconds;
  }

  public void setRetryDelaysSeconds(String retryDelaysSeconds) {
    this.retryDelaysSeconds = retryDelaysSeconds;
  }

  public String getRefused() {
    return refused;
  }

  public void setRefused(String refused) {
    this.refused = refused;
  }

  public int getBatch() {
    return batch;
  }

  public void setBatch(int batch) {
    this.batch = batch;
  }

  public int getBatchMillis() {
    return batchMillis;
  }

  public void setBatchMillis(int batchMillis) {
    this.batchMillis = batchMillis;
  }

  public String getFormerly() {
    return formerly;
  }

  public void setFormerly(String formerly) {
    this.formerly = formerly;
  }

  /** The ids in {@code formerly}. */
  List<String> formerIds() {
    return formerly == null ? List.of() : PublishedHandler.ids(formerly);
  }

  public String getTransacted() {
    return transacted;
  }

  public void setTransacted(String transacted) {
    this.transacted = transacted;
  }

  /** Whether an event that nothing gives an id gets a random one. */
  boolean isRandomId() {
    return id != null;
  }

  /**
   * Gives an event that nothing else gives an id a random one.
   *
   * @param id {@code random}
   */
  public void setId(String id) {
    require("random".equals(id), "id=" + id + ": write random, or leave it out");
    this.id = id;
  }
}
