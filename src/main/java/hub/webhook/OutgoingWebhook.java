package hub.webhook;

import hub.util.Form;
import hub.webhook.verify.SignedRequest;
import hub.webhook.verify.Signer;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A webhook that is made here, to be signed and sent. Of one thread. */
public final class OutgoingWebhook implements Signer.Outgoing {
  private static final String CONTENT_TYPE = "Content-Type";

  private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final String event;
  private final OutgoingBody body;
  private final String method;
  private String url;

  /**
   * @param url of the source, with the query that the sender was given
   */
  public OutgoingWebhook(String url, String contentType, byte[] body) {
    this("POST", url, contentType, body, "$", "");
  }

  /** The same for a request of another method; its body and content type may be empty. */
  public OutgoingWebhook(String method, String url, String contentType, byte[] body) {
    this(method, url, contentType, body, "$", "");
  }

  /**
   * @param event JSONPath of the event within the body; {@code $}: the body
   * @param formField name of the form's field that holds the JSON; empty: the body is the JSON
   */
  OutgoingWebhook(String url, String contentType, byte[] body, String event, String formField) {
    this("POST", url, contentType, body, event, formField);
  }

  private OutgoingWebhook(
      String method, String url, String contentType, byte[] body, String event, String formField) {
    this.method = method;
    this.url = url;
    this.body = new OutgoingBody(body, formField);
    this.event = event;
    headers.put(CONTENT_TYPE, contentType);
  }

  public String method() {
    return method;
  }

  /** With the query parameters that were put. */
  public String url() {
    return url;
  }

  /** By name, in any case. */
  public Map<String, String> headers() {
    return headers;
  }

  public byte[] body() {
    return body.bytes();
  }

  /**
   * Changes the body as a person asks for it. A text stays a text; another value, or a new one,
   * becomes the JSON that was typed, and a text when that is none.
   *
   * @param path a JSONPath of names and numbers from the body's beginning, whose {@code $} may be
   *     left out; in a form without JSON the name of a field
   * @throws IllegalArgumentException for a path that leads nowhere
   */
  public void change(String path, String typed) {
    body.change(contentType(), path, typed);
  }

  /**
   * What the body has at a JSONPath from its beginning, or in {@code form:NAME}; empty when there
   * is none.
   */
  public Optional<String> text(String place) {
    return body.text(contentType(), place);
  }

  /**
   * @throws IllegalArgumentException for a JSONPath that leads nowhere in the body
   */
  @Override
  public void put(String place, String value) {
    String name = place.substring(place.indexOf(':') + 1);
    if (place.startsWith("$")) {
      body.put(contentType(), event + place.substring(1), value);
    } else if (place.startsWith("header:")) {
      headers.put(name, value);
    } else if (place.startsWith("query:")) {
      url +=
          (url.contains("?") ? "&" : "?")
              + OutgoingBody.encoded(name)
              + "="
              + OutgoingBody.encoded(value);
    } else {
      body.put(contentType(), place, value);
    }
  }

  private String contentType() {
    return headers.getOrDefault(CONTENT_TYPE, "");
  }

  @Override
  public SignedRequest request() {
    URI uri = URI.create(url);
    String query = uri.getRawQuery();
    return new SignedRequest(
        name -> Optional.ofNullable(headers.get(name)).map(List::of).orElse(List.of()),
        name -> Form.parse(query).all(name),
        body.bytes(),
        new Details(uri, url, Optional.ofNullable(query).orElse("")));
  }

  private final class Details implements SignedRequest.Details {
    private final URI uri;
    private final String written;
    private final String query;

    Details(URI uri, String written, String query) {
      this.uri = uri;
      this.written = written;
      this.query = query;
    }

    private Optional<Form> parsed() {
      return Form.of(contentType(), body.bytes());
    }

    @Override
    public String method() {
      return method;
    }

    @Override
    public String url() {
      return written;
    }

    @Override
    public String path() {
      return uri.getRawPath();
    }

    @Override
    public String query() {
      return query;
    }

    @Override
    public boolean isForm() {
      return parsed().isPresent();
    }

    @Override
    public List<Map.Entry<String, String>> form() {
      return parsed().map(Form::entries).orElse(List.of());
    }

    @Override
    public Optional<String> json(String path) {
      return text(event + path.substring(1));
    }
  }
}
