/**
 * The description of the public API: served as {@code /api/openapi.json}, and used to validate
 * requests.
 */
package hub.http.openapi;
