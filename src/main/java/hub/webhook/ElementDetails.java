package hub.webhook;

import hub.webhook.verify.SignedRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A request whose body holds several events, as one of them sees it.
 *
 * @param json reads the event
 */
record ElementDetails(SignedRequest.Details request, Function<String, Optional<String>> json)
    implements SignedRequest.Details {
  @Override
  public String method() {
    return request.method();
  }

  @Override
  public String url() {
    return request.url();
  }

  @Override
  public String path() {
    return request.path();
  }

  @Override
  public String query() {
    return request.query();
  }

  @Override
  public boolean isForm() {
    return request.isForm();
  }

  @Override
  public List<Map.Entry<String, String>> form() {
    return request.form();
  }

  @Override
  public Optional<String> json(String path) {
    return json.apply(path);
  }
}
