/** The durable inbox: an event is stored once, and each of its handlers finishes it once. */
package hub.inbox;
