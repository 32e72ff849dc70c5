package hub.identity.login;

/** The calls to login providers. */
enum LoginCall {
  DISCOVER("discover", true, true),
  FETCH_KEYS("fetch-keys", true, true),
  /** Not repeatable: a code is valid once. */
  EXCHANGE_CODE("exchange-code", false, true),
  /** Not repeatable: a refresh token may be valid once. */
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

  /** The name in logs and metrics. */
  String operation() {
    return operation;
  }

  /** Whether it may be repeated although the provider may have processed it. */
  boolean isRepeatable() {
    return repeatable;
  }

  /** Whether the answer is a token, which some providers encode as a form. */
  boolean answersToken() {
    return this == EXCHANGE_CODE || this == REFRESH_TOKEN;
  }

  boolean answersJson() {
    return answersJson;
  }
}
