/** Small measures that a process keeps of itself for a quarter of an hour. Knows the JDK alone. */
package hub.measure;
