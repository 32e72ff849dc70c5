/** Reads secrets again while the hub runs: files automatically, properties on request. */
package hub.config.reload;
