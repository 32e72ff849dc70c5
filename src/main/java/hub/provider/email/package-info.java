/** E-mail: validates and queues e-mails, and sends them by each transport. */
package hub.provider.email;
