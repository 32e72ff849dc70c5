/**
 * The public API's description, written once: callers read it as {@code /api/openapi.json}, and
 * requests are held against it.
 */
package hub.http.openapi;
