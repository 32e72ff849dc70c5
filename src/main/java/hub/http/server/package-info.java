/**
 * Camel's HTTP server with the hub's own rules: strict connections, one pipeline for all requests,
 * and routes that hold no thread while they wait.
 */
package hub.http.server;
