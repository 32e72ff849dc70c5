/**
 * Follows the bytes of an HTTP/1 connection and refuses those that two readers could read
 * differently. Depends on Netty alone.
 */
package hub.http.framing;
