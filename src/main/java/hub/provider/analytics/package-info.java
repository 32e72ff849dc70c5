/** Product analytics: validates events, queues them, and sends them to each provider in batches. */
package hub.provider.analytics;
