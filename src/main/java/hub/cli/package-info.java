/** The jar's subcommands: run the hub, check it, and call a running one. */
package hub.cli;
