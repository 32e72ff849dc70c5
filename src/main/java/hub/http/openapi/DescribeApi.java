package hub.http.openapi;

import hub.util.Json;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;

/** Serves the API description to every caller with a key. */
public final class DescribeApi extends RouteBuilder {
  private final byte[] document;

  public DescribeApi(ApiDescription description) {
    this.document = Json.bytes(description.document());
  }

  @Override
  public void configure() {
    from("platform-http:/api/openapi.json?httpMethodRestrict=GET")
        .routeId("describe-api")
        .description("Answers with the OpenAPI description of the public API.")
        .setBody(constant(document))
        .setHeader(Exchange.CONTENT_TYPE, constant("application/json"));
  }
}
