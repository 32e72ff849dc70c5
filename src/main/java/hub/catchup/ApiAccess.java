package hub.catchup;

import hub.call.http.AccessTokens;
import hub.call.http.HttpGet;
import hub.call.policy.Credentials;
import hub.config.Settings;
import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How an API is reached, with the parameters of {@code http-api-action}. Immutable.
 *
 * @param baseUrl with http or https, without a slash at the end
 * @param path with a slash at the beginning; empty: not configured
 * @param secretName name of the property or variable that holds the secret
 * @param tokens of login providers, for {@code auth: oauth}
 */
record ApiAccess(
    String baseUrl,
    String path,
    Map<String, String> headers,
    Credentials credentials,
    String secretName,
    String authHeader,
    String loginProvider,
    String authSubject,
    int ratePerSecond,
    Settings settings,
    Supplier<AccessTokens> tokens) {

  String address() {
    return baseUrl + path;
  }

  private boolean needsSecret() {
    return credentials == Credentials.BEARER
        || credentials == Credentials.BASIC
        || credentials == Credentials.HEADER;
  }

  List<String> missing(Settings from) {
    if (path.isEmpty()) {
      return List.of("path");
    }
    return needsSecret() && from.named(secretName).isEmpty() ? List.of(secretName) : List.of();
  }

  HttpGet.Request request(URI address) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    if (needsSecret()) {
      Map.Entry<String, String> header =
          credentials.header(authHeader, settings.named(secretName).orElse("").strip());
      all.put(header.getKey(), header.getValue());
    } else if (credentials == Credentials.OAUTH) {
      AccessTokens known =
          Optional.ofNullable(tokens.get())
              .orElseThrow(
                  () ->
                      new IllegalStateException(
                          "auth: oauth needs a login provider, and none is configured"));
      Map.Entry<String, String> header =
          credentials.header("", known.accessToken(loginProvider, authSubject));
      all.put(header.getKey(), header.getValue());
    }
    return new HttpGet.Request(address, all);
  }

  /**
   * @throws IOException when an address is not of this API: it would get the credentials
   */
  void requireOwn(URI address) throws IOException {
    URI own = URI.create(baseUrl);
    if (!own.getScheme().equalsIgnoreCase(address.getScheme())
        || !own.getAuthority().equalsIgnoreCase(address.getAuthority())) {
      throw new IOException(
          "the next page is said to be at " + address.getHost() + ", which is not " + baseUrl);
    }
  }
}
