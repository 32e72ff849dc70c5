/**
 * Protects HTTP/1 connections against request smuggling: refuses bytes that two parsers could read
 * differently. Depends on Netty and Vert.x only.
 */
package hub.http.framing;
