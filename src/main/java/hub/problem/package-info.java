/** Error answers by RFC 9457: what a route throws and the edge writes. */
package hub.problem;
