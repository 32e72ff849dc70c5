/** What all requests have: an id, a source address, the threads that serve them. */
package hub.http;
