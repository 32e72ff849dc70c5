package hub.testing;

/** A route at {@code /api/test/NAME} that asks a provider with the Kamelet http-api-action. */
public final class AskRoute {
  private AskRoute() {}

  /**
   * The route's YAML.
   *
   * @param provider also the name: the route's id is {@code ask-NAME}, its step's {@code
   *     ask-NAME-api}
   * @param parameters of the Kamelet, one a line, besides the provider
   */
  public static String of(String provider, String baseUrl, String... parameters) {
    return """
        - route:
            id: ask-%1$s
            description: Asks a provider.
            from:
              uri: platform-http:/api/test/%1$s
              steps:
                - to:
                    id: ask-%1$s-api
                    uri: kamelet:http-api-action
                    parameters:
                      breaker: %1$s
                      baseUrl: %2$s
                      %3$s
        """
        .formatted(provider, baseUrl, String.join("\n              ", parameters));
  }
}
