package hub.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import hub.http.HeaderNames;
import hub.util.Form;
import hub.util.Json;
import hub.util.JsonField;
import hub.webhook.verify.SignedRequest;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * A webhook's request as schemes read it. The JSON and the form of its body are parsed once, when
 * they are first asked for. Of one thread.
 */
final class WebhookRequest implements SignedRequest.Details {
  /** Compiled once: paths come from files, so there are few. */
  private static final Map<String, JsonField> FIELDS = new ConcurrentHashMap<>();

  private final String method;
  private final String uri;
  private final MultiMap headers;
  private final Supplier<MultiMap> parameters;
  private final byte[] body;
  private final String base;
  private final String formField;
  private final String contentType;
  private Optional<JsonNode> json;
  private Optional<Form> form;

  /**
   * @param uri path and query as they were sent
   * @param parameters of the query
   * @param base the public address without path, such as {@code https://hub.example}
   * @param formField the form's field that holds the JSON; empty: the body is the JSON, or a form
   *     whose field {@code payload} is
   */
  WebhookRequest(
      String method,
      String uri,
      MultiMap headers,
      Supplier<MultiMap> parameters,
      byte[] body,
      String base,
      String formField) {
    this.method = method;
    this.uri = uri;
    this.headers = headers;
    this.parameters = parameters;
    this.body = body == null ? new byte[0] : body;
    this.base = base;
    this.formField = formField;
    this.contentType =
        Optional.ofNullable(headers.get(HeaderNames.CONTENT_TYPE))
            .orElse("")
            .toLowerCase(Locale.ROOT);
  }

  static WebhookRequest of(HttpServerRequest request, byte[] body, String base, String formField) {
    return new WebhookRequest(
        request.method().name(),
        request.uri(),
        request.headers(),
        request::params,
        body,
        base,
        formField);
  }

  /** One event of the request's body, which JSONPaths then read. */
  static SignedRequest element(SignedRequest whole, JsonNode element) {
    SignedRequest.Details details = whole.details();
    return new SignedRequest(
        whole.headers(),
        whole.query(),
        whole.body(),
        new ElementDetails(details, path -> text(element, path)));
  }

  SignedRequest signed() {
    return new SignedRequest(this::headers, name -> Form.parse(query()).all(name), body, this);
  }

  byte[] body() {
    return body;
  }

  MultiMap headers() {
    return headers;
  }

  /** In lower case; empty when there is none. */
  String contentType() {
    return contentType;
  }

  /** A header that is given once; empty when it is absent, blank or repeated. */
  Optional<String> header(String name) {
    List<String> values = headers.getAll(name);
    return values.size() == 1 && !values.get(0).isBlank()
        ? Optional.of(values.get(0).trim())
        : Optional.empty();
  }

  /** The body as JSON, or the JSON in the form's field. */
  Optional<JsonNode> json() {
    if (json == null) {
      json =
          formField.isEmpty()
              ? Json.parseLastWins(body)
                  .or(() -> parsedForm().flatMap(Form::payload).flatMap(Json::parseLastWins))
              : payload().flatMap(Json::parseLastWins);
    }
    return json;
  }

  /** The bytes of the JSON. */
  Optional<byte[]> payload() {
    return formField.isEmpty()
        ? Optional.of(body)
        : parsedForm()
            .flatMap(fields -> fields.field(formField))
            .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  /** The body as a form. */
  Optional<Form> parsedForm() {
    if (form == null) {
      form = Form.of(contentType, body);
    }
    return form;
  }

  /**
   * All values of a header. A query parameter of the same name counts as another value, because
   * routes see both under one name.
   */
  private List<String> headers(String name) {
    List<String> values = headers.getAll(name);
    List<String> others = values.isEmpty() ? List.of() : parameters.get().getAll(name);
    if (others.isEmpty()) {
      return values;
    }
    List<String> both = new ArrayList<>(values);
    both.addAll(others);
    return both;
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public String url() {
    return base + uri;
  }

  @Override
  public String path() {
    int question = uri.indexOf('?');
    return question < 0 ? uri : uri.substring(0, question);
  }

  @Override
  public String query() {
    int question = uri.indexOf('?');
    return question < 0 ? "" : uri.substring(question + 1);
  }

  @Override
  public boolean isForm() {
    return parsedForm().isPresent();
  }

  @Override
  public List<Map.Entry<String, String>> form() {
    return parsedForm().map(Form::entries).orElse(List.of());
  }

  @Override
  public Optional<String> json(String path) {
    return json().flatMap(node -> text(node, path));
  }

  /** The text of a string, number or boolean. */
  private static Optional<String> text(JsonNode node, String path) {
    return field(path).in(node).filter(JsonNode::isValueNode).map(JsonNode::asText);
  }

  static JsonField field(String path) {
    return FIELDS.computeIfAbsent(path, JsonField::new);
  }
}
