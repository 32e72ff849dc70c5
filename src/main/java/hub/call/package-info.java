/** Outgoing calls: adds their policy and Kamelets to a Camel context. */
package hub.call;
