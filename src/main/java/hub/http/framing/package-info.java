/**
 * Protects HTTP/1 connections against request smuggling: refuses bytes that two parsers could read
 * differently. Of the hub it uses {@code http.problem} only.
 */
package hub.http.framing;
