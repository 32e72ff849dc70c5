package hub.provider.stripe;

import com.stripe.Stripe;
import com.stripe.net.Authenticator;
import com.stripe.net.StripeResponseGetterOptions;
import java.net.PasswordAuthentication;
import java.net.Proxy;

/**
 * The options of one client, in place of the library's global ones: Stripe's address, and no
 * retries. Key and time limit come with each request.
 */
final class StripeClientOptions extends StripeResponseGetterOptions {
  private final String apiBase;

  StripeClientOptions(String apiBase) {
    this.apiBase = apiBase;
  }

  @Override
  public Authenticator getAuthenticator() {
    return null;
  }

  @Override
  public String getClientId() {
    return null;
  }

  @Override
  public int getConnectTimeout() {
    return Stripe.DEFAULT_CONNECT_TIMEOUT;
  }

  @Override
  public Proxy getConnectionProxy() {
    return null;
  }

  @Override
  public int getMaxNetworkRetries() {
    return 0;
  }

  @Override
  public PasswordAuthentication getProxyCredential() {
    return null;
  }

  @Override
  public String getApiBase() {
    return apiBase;
  }

  @Override
  public String getFilesBase() {
    return apiBase;
  }

  @Override
  public String getConnectBase() {
    return apiBase;
  }

  @Override
  public String getMeterEventsBase() {
    return apiBase;
  }

  @Override
  public int getReadTimeout() {
    return Stripe.DEFAULT_READ_TIMEOUT;
  }

  @Override
  public String getStripeAccount() {
    return null;
  }

  @Override
  public String getStripeContext() {
    return null;
  }
}
