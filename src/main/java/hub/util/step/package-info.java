/** The steps of routes: what they are called, where they stand, and which way an exchange came. */
package hub.util.step;
