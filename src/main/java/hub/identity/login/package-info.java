/** Logs people in with OAuth 2.0 and OpenID Connect. */
package hub.identity.login;
