/** Small helpers for all packages: JSON, forms, threads, latencies and counts per minute. */
package hub.util;
