/** Requests to HTTP APIs: address, headers, body and the form of the response. */
package hub.call.http;
