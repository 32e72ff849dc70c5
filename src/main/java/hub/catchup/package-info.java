/** Fetches events that providers could not deliver. */
package hub.catchup;
