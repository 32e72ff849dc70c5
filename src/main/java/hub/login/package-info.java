/** Logs people in with OAuth 2.0 and OpenID Connect, and remembers them by a cookie. */
package hub.login;
