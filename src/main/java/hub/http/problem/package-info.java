/** Error responses by RFC 9457. */
package hub.http.problem;
