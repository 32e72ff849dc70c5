/** Authorization: API keys, operator sessions, and the paths that they open. */
package hub.http.auth;
