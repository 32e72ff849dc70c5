/** The operator API and the console: events, replays, routes, providers, secrets. */
package hub.console;
