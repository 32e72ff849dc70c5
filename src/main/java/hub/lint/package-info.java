/**
 * Checks settings and route files before the hub starts and reports all faults: where, what,
 * remedy. {@link hub.lint.Lint} is the entry; every {@code …Rules} class checks one subject and
 * does not know the others. {@link hub.lint.Reference} generates the reference pages from the same
 * declarations.
 */
package hub.lint;
