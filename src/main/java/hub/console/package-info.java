/** What an operator sees of the hub and does to it: events, replays, numbers. */
package hub.console;
