package hub.webhook.verify;

/**
 * What a request is answered with.
 *
 * @param contentType empty: none
 */
public record Response(int status, String contentType, String body) {}
