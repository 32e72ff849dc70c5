/** What an operator sees of the hub and does to it: events, replays, numbers, health. */
package hub.console;
