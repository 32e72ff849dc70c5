/** The durable inbox: an event is stored once, and each of its handlers is done with it once. */
package hub.inbox;
