package hub.identity.login;

/** What the hub asks of a provider. */
enum LoginCall {
  DISCOVER("discover", true, true),
  FETCH_KEYS("fetch-keys", true, true),
  /** A code is good once. */
  EXCHANGE_CODE("exchange-code", false, true),
  /** A refresh token may be, too. */
  REFRESH_TOKEN("refresh-token", false, true),
  REVOKE_TOKEN("revoke-token", true, false),
  SHOW_USER("show-user", true, true),
  LIST_EMAILS("list-emails", true, true);

  private final String operation;
  private final boolean repeatable;
  private final boolean answersJson;

  LoginCall(String operation, boolean repeatable, boolean answersJson) {
    this.operation = operation;
    this.repeatable = repeatable;
    this.answersJson = answersJson;
  }

  /** As in logs and figures. */
  String operation() {
    return operation;
  }

  /** Whether it may be asked again after the provider may have done it. */
  boolean isRepeatable() {
    return repeatable;
  }

  /** Whether the answer is a token, which some providers write as a form. */
  boolean answersToken() {
    return this == EXCHANGE_CODE || this == REFRESH_TOKEN;
  }

  boolean answersJson() {
    return answersJson;
  }
}
