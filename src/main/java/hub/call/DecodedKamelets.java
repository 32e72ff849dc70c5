package hub.call;

import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.component.kamelet.KameletComponent;
import org.apache.camel.util.StringHelper;
import org.apache.camel.util.URISupport;

/**
 * Decodes the parameters of a Kamelet's address. {@code toD} and similar steps encode the address,
 * and Camel's own component would hand the Kamelet {@code http%3A%2F%2F…}.
 */
final class DecodedKamelets extends KameletComponent {
  /** How an address begins that Camel has encoded. */
  private static final String NORMALIZED = "kamelet://";

  @Override
  public Endpoint createEndpoint(String uri, Map<String, Object> properties) throws Exception {
    String query = StringHelper.after(uri, "?");
    String read =
        uri.startsWith(NORMALIZED) && query != null
            ? StringHelper.before(uri, "?") + "?" + decoded(query)
            : uri;
    return super.createEndpoint(read, properties);
  }

  private static String decoded(String query) throws URISyntaxException {
    Map<String, Object> parameters = new LinkedHashMap<>(URISupport.parseQuery(query));
    parameters.replaceAll((name, value) -> decodedValue(value.toString()));
    return URISupport.createQueryString(parameters, false);
  }

  private static String decodedValue(String value) {
    if (value.startsWith(URISupport.RAW_TOKEN_PREFIX)) {
      return value;
    }
    // In an address these two would end the value.
    return URLDecoder.decode(value, StandardCharsets.UTF_8)
        .replace("&", "%26")
        .replace("\n", "%0A");
  }
}
