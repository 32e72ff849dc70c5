/** Calls to third parties: puts the policy and the Kamelets for calls into a Camel context. */
package hub.call;
