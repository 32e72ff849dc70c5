/** Takes over saved routes while the hub runs, for work on them; see {@code hub.dev}. */
package hub.dev;
