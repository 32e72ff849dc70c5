package hub.inbox.engine;

import com.fasterxml.jackson.databind.JsonNode;
import hub.inbox.db.NewEvent;
import hub.util.Form;
import hub.util.Json;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * An event as conditions see it. Its headers and its payload are read once, when the first
 * condition asks for them. For one thread.
 */
public final class Candidate {
  private static final String CONTENT_TYPE = "content-type";

  private final NewEvent event;
  private JsonNode headers;
  private byte[] payload;
  private Optional<JsonNode> json = Optional.empty();
  private boolean isParsed;

  public Candidate(NewEvent event) {
    this.event = event;
  }

  public NewEvent event() {
    return event;
  }

  /** The object of the stored headers. */
  public JsonNode headers() {
    if (headers == null) {
      headers = Json.own(event.headers());
    }
    return headers;
  }

  /** The payload as handlers get it: the JSON document within a form that holds one. */
  public String text() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  /** The payload as JSON; empty when it is none. */
  public Optional<JsonNode> json() {
    if (!isParsed) {
      json = Json.parseLastWins(bytes());
      isParsed = true;
    }
    return json;
  }

  private byte[] bytes() {
    if (payload == null) {
      payload =
          Form.of(headers().path(CONTENT_TYPE).asText(""), event.payload())
              .flatMap(Form::payload)
              .orElse(event.payload());
    }
    return payload;
  }
}
