/**
 * The Camel component {@code stripe:} over Stripe's own Java library, under the contract of
 * camel-stripe: operation in the address, method and object id in headers, parameters in the body,
 * Stripe's object as the result. Requests go through {@link hub.call.http.BoundedHttpClient}, so
 * the hub's limits and rules for redirects apply to Stripe too.
 */
package hub.provider.stripe;
