package hub.catchup;

import hub.call.policy.CallFailedException;
import hub.config.Settings;
import hub.webhook.FetchedEvents;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A provider's list of the events that it could not deliver. Of one thread. */
interface Undelivered {
  /** Of a hundred events each; a longer list never ends. */
  int MOST_PAGES = 2_000;

  /**
   * The times between which the events were made, both included.
   *
   * @param since never before what the provider and the hub keep
   */
  record Window(Instant since, Instant until) {
    boolean contains(Instant time) {
      return !time.isBefore(since) && !time.isAfter(until);
    }
  }

  /** An event as it is listed. */
  interface Listed {
    /** The id under which the inbox knows it. */
    String id();

    /** How much memory it takes, about. */
    int bytes();

    /**
     * The event itself; empty when the provider does not have it any more.
     *
     * @throws CallFailedException when the provider cannot be asked
     */
    Optional<Event> load() throws Exception;
  }

  /** An event and the fields that its webhook would have had. */
  record Event(FetchedEvents.Fields fields, byte[] payload) {}

  /**
   * One page of the list.
   *
   * @param events that are meant for the source, in the order of the list
   * @param next asks for the page behind it; empty: there is none
   * @param fault what is wrong with the page although its events can be used, for people
   */
  record Page(List<Listed> events, Optional<String> next, Optional<String> fault) {}

  /** Whom it asks, in logs and metrics. */
  String provider();

  /** How long the provider keeps its events. */
  Duration kept();

  /** Names of the settings without which it cannot ask; none: it can. */
  List<String> missing(Settings settings);

  /** What to do when the provider refuses the credentials. */
  String remedy();

  /**
   * @param cursor {@link Page#next} of the page before; empty: the first page
   * @throws CallFailedException when the provider refuses, or does not answer
   * @throws hub.poll.PageFaultException or {@link IOException} when its answer is not such a list
   * @throws java.util.concurrent.CancellationException when the hub is stopping
   */
  Page page(Window window, Optional<String> cursor) throws Exception;

  /** Whether the list begins with its newest event. */
  default boolean isNewestFirst() {
    return true;
  }

  /** A list of more pages fails. */
  default int mostPages() {
    return MOST_PAGES;
  }

  /** Of the listed events those that were delivered by none of their attempts. */
  default List<Listed> undelivered(List<Listed> listed) {
    return listed;
  }
}
