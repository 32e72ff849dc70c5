/** Request bodies: their limits, their memory, and how they are read. */
package hub.http.body;
