/**
 * Request bodies: how large they may be, what they take in memory together, and how they are read.
 */
package hub.http.body;
