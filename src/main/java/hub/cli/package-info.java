/** The jar's subcommands: starting the hub, checking it, and talking to one that runs. */
package hub.cli;
