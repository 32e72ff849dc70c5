package hub.identity.login;

import com.nimbusds.oauth2.sdk.token.Token;
import java.util.Set;
import net.minidev.json.JSONObject;

/** A token to revoke, of unknown type: access or refresh token. */
final class UntypedToken extends Token {
  private static final long serialVersionUID = 1L;

  UntypedToken(String value) {
    super(value);
  }

  @Override
  public Set<String> getParameterNames() {
    return Set.of();
  }

  @Override
  public JSONObject toJSONObject() {
    return new JSONObject();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof UntypedToken token && token.getValue().equals(getValue());
  }
}
