package hub.poll;

import hub.call.http.ApplicationGrant;
import hub.call.http.HttpApiCall;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The parameters of a Kamelet that asks for a list, as properties of {@link HttpApiCall}. */
public final class RequestProperties {
  /** Properties of {@link ApplicationGrant}. */
  private static final List<String> OF_APPLICATION =
      List.of(
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

  /** The parameters that say how a list is asked for, beside its address. */
  public static final List<String> NAMES =
      Stream.concat(
              Stream.of("headers", "auth", "secret", "authHeader", "loginProvider", "authSubject"),
              OF_APPLICATION.stream())
          .toList();

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
