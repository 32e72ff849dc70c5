/** The settings and the sources of their values. Depends on the JDK only. */
package hub.config;
