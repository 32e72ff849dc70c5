package hub.provider.email;

import hub.inbox.PermanentFailure;

/** An e-mail cannot be sent with its files, however often it is tried. */
final class AttachmentFailedException extends RuntimeException implements PermanentFailure {
  private static final long serialVersionUID = 1L;

  AttachmentFailedException(String message) {
    super(message);
  }

  @Override
  public boolean isPermanent() {
    return true;
  }
}
