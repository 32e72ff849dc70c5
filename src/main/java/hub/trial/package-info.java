/**
 * Runs the tests of routes, {@code *.test.yaml}: each on a hub in this JVM, with a database in
 * memory, in which nothing leaves the process. Users run them with the command {@code test}.
 */
package hub.trial;
