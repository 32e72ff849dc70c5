/**
 * Finds what is wrong with settings and route files before the hub starts, all at once: where,
 * what, remedy. {@link hub.lint.Lint} is the door; behind it every {@code …Rules} class holds one
 * kind of rule and none knows the others. {@link hub.lint.Reference} writes the reference pages
 * from the same declarations.
 */
package hub.lint;
