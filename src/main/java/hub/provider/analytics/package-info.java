/**
 * Product analytics: what may be tracked, and how each provider takes it, many events at a time.
 */
package hub.provider.analytics;
