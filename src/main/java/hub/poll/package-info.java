/**
 * Asks lists of other systems' APIs, page by page, and stores each item once as an event of an
 * inbox.
 */
package hub.poll;
