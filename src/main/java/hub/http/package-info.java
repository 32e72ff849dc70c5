/** What every request has: its id, its address, the threads it is served in. */
package hub.http;
