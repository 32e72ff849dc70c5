/** The token vault: keeps people's OAuth tokens encrypted and fresh. */
package hub.identity.token;
