/** Small helpers for every room: JSON, forms, latencies and counts per minute. */
package hub.util;
