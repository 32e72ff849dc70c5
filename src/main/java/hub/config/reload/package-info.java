/** Reads secrets again while the hub runs: those of files by itself, the others when told to. */
package hub.config.reload;
