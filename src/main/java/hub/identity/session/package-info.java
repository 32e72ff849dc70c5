/** Sessions: stored in the database, identified by a cookie. */
package hub.identity.session;
