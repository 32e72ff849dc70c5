/** One request to an HTTP API: its address, headers and body, and what the answer may be. */
package hub.call.http;
