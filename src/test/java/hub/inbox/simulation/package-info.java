/**
 * Runs the inbox's engine on several simulated nodes, with a virtual clock and faults by rate. One
 * number, the seed, decides everything, so that a failure repeats exactly.
 */
package hub.inbox.simulation;
