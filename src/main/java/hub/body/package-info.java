/** A request's bytes while they still arrive: what the edge hands to those who do not wait. */
package hub.body;
