/** What a line of the log has beside its words. Knows the JDK and the logging alone. */
package hub.util.log;
