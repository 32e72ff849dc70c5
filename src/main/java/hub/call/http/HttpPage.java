package hub.call.http;

import java.net.URI;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.camel.Exchange;

/**
 * One page of a list, asked for by {@link HttpApiCall}: it changes the request's address and keeps
 * the whole response, with its headers and bytes. Attached to an exchange; every attempt of the
 * call uses the same object.
 */
public final class HttpPage {
  private static final String PROPERTY = "HubHttpPage";

  private final UnaryOperator<URI> address;
  private Optional<URI> asked = Optional.empty();
  private Optional<ProviderResponse> response = Optional.empty();

  /**
   * @param address makes the page's address of the one that the call's parameters give
   */
  public HttpPage(UnaryOperator<URI> address) {
    this.address = address;
  }

  /** Makes the next call of the exchange one for this page. */
  public void attachTo(Exchange exchange) {
    exchange.setProperty(PROPERTY, this);
  }

  static Optional<HttpPage> of(Exchange exchange) {
    return Optional.ofNullable(exchange.getProperty(PROPERTY, HttpPage.class));
  }

  URI address(URI first) {
    URI uri = address.apply(first);
    asked = Optional.of(uri);
    return uri;
  }

  void answered(ProviderResponse answer) {
    response = Optional.of(answer);
  }

  /**
   * The address that was asked.
   *
   * @throws IllegalStateException before the call
   */
  public URI asked() {
    return asked.orElseThrow(() -> new IllegalStateException("the page was not asked for"));
  }

  /**
   * The successful response.
   *
   * @throws IllegalStateException before the call has succeeded
   */
  public ProviderResponse response() {
    return response.orElseThrow(() -> new IllegalStateException("the page has not come"));
  }
}
