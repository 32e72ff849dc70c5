package hub.identity.token;

import hub.db.StoreUnavailableException;

/** Records that a person's refresh token no longer serves. Thread-safe. */
@FunctionalInterface
interface TokenDeaths {
  /**
   * A provider has refused a row's refresh token for good: the row asks for a login from now on.
   *
   * @param reason for people, without a secret
   * @return false when the row has a newer token, or this is recorded already
   * @throws StoreUnavailableException when nothing is recorded; the next refresh does it
   */
  boolean record(TokenRow row, String reason);
}
