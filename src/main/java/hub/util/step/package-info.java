/** The steps of routes: their names, their places in files, and the path of an exchange. */
package hub.util.step;
