/** Keys and operator sessions: who may use which path. */
package hub.http.auth;
