package hub.poll;

import hub.call.http.ApplicationGrant;
import hub.call.http.HttpApiCall;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The parameters of a Kamelet that asks for a list, as properties of {@link HttpApiCall}. */
public final class RequestProperties {
  /** Properties of {@link ApplicationGrant}. */
  private static final Set<String> OF_APPLICATION =
      Set.of(
          "tokenUrl",
          "clientId",
          "clientSecret",
          "clientAuth",
          "scope",
          "audience",
          "tokenParameters",
          "appId",
          "installationId",
          "privateKey");

  private RequestProperties() {}

  /** Empty parameters are left out. */
  public static Map<String, Object> of(Map<String, ?> parameters) {
    Map<String, Object> properties = new HashMap<>();
    parameters.forEach(
        (name, value) -> {
          if (!value.toString().isBlank()) {
            properties.put(OF_APPLICATION.contains(name) ? "application." + name : name, value);
          }
        });
    return properties;
  }
}
