/** The inbox's tables and statements, on H2 and on PostgreSQL. */
package hub.inbox.db;
