/** Who is logged in: sessions in the store, known to a browser by a cookie. */
package hub.identity.session;
