/** The fields that a line of the log has beside its words. Knows the JDK and the logging alone. */
package hub.log;
