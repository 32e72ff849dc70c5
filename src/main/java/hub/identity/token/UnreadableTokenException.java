package hub.identity.token;

/** A ciphertext was changed, or belongs to another owner or column. */
final class UnreadableTokenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreadableTokenException(TokenOwner owner, String column, String keyId, Throwable cause) {
    super(
        "token of "
            + owner
            + ": "
            + column
            + " does not decrypt with the key '"
            + keyId
            + "': the row was changed or taken from another person, or the key is not the one that"
            + " had this id before; the next login of the person mends it",
        cause);
  }
}
