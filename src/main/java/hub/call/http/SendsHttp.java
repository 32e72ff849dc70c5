package hub.call.http;

/**
 * A step written in Java that sends through {@link BoundedHttpClient}. A test of its route answers
 * what it sends instead of replacing the step.
 */
public interface SendsHttp {}
