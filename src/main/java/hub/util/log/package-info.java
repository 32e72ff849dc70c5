/** Fields and escaping of log lines. Depends on the JDK and on logging only. */
package hub.util.log;
