/** The token vault: stores people's OAuth tokens encrypted and refreshes them. */
package hub.identity.token;
