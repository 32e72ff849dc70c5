/** E-mail: what may be queued, and how each transport sends it. */
package hub.provider.email;
