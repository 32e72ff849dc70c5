/** Settings: what there is and where values come from. Depends on the JDK alone. */
package hub.config;
