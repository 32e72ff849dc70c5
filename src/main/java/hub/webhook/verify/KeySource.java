package hub.webhook.verify;

import java.util.List;
import java.util.Optional;

/** Where a verifier gets the sender's public keys from. Thread-safe. */
sealed interface KeySource {

  /** Tells whether a key confirms what a request shows. */
  @FunctionalInterface
  interface Confirmation {
    boolean by(VerificationKey key) throws WebhookRejectedException;
  }

  /**
   * The first of the sender's keys that confirms a request; empty when none does.
   *
   * @throws WebhookRejectedException when the request does not say where the keys are, or there are
   *     none now
   */
  Optional<VerificationKey> confirming(SignedRequest request, Confirmation confirmation)
      throws WebhookRejectedException;

  private static Optional<VerificationKey> first(
      List<VerificationKey> keys, Confirmation confirmation) throws WebhookRejectedException {
    for (VerificationKey key : keys) {
      if (confirmation.by(key)) {
        return Optional.of(key);
      }
    }
    return Optional.empty();
  }

  /** Keys from a property or variable. */
  record Configured(List<VerificationKey> all) implements KeySource {
    @Override
    public Optional<VerificationKey> confirming(SignedRequest request, Confirmation confirmation)
        throws WebhookRejectedException {
      return first(all, confirmation);
    }
  }

  /** Where the document with the keys is. */
  @FunctionalInterface
  interface Address {
    KeyAddress of(SignedRequest request) throws WebhookRejectedException;

    /** As a scheme's file says. */
    static Address of(PublicKeyForm form, SchemeTools tools) {
      if (form.isSaidByRequest()) {
        Template url = Template.of(form.url(), tools::variable);
        List<SenderHost> hosts = form.hosts().stream().map(SenderHost::of).toList();
        return request -> said(request, url, hosts);
      }
      Optional<KeyAddress> written =
          KeyAddress.written(Variables.fill(form.url(), tools::variable));
      return request ->
          written.orElseThrow(
              () ->
                  new WebhookRejectedException(
                      RejectionReason.KEYS_UNAVAILABLE,
                      "the scheme's address of the keys is not one with https"));
    }

    private static KeyAddress said(SignedRequest request, Template url, List<SenderHost> hosts)
        throws WebhookRejectedException {
      Optional<String> text = url.value(Scope.of(request));
      if (text.isEmpty()) {
        throw new WebhookRejectedException(
            RejectionReason.SIGNATURE_MISSING,
            "the address of the sender's certificate is missing");
      }
      Optional<KeyAddress> address = KeyAddress.said(text.get(), hosts);
      if (address.isEmpty()) {
        throw new WebhookRejectedException(
            RejectionReason.SIGNATURE_MISMATCH,
            "the address of the certificate is not one of the sender's");
      }
      return address.get();
    }
  }

  /** Keys from an address. */
  record Fetched(Address address, SchemeTools tools) implements KeySource {
    @Override
    public Optional<VerificationKey> confirming(SignedRequest request, Confirmation confirmation)
        throws WebhookRejectedException {
      KeyAddress from = address.of(request);
      List<VerificationKey> known = tools.keys(from, false);
      Optional<VerificationKey> key = first(known, confirmation);
      if (key.isEmpty()) {
        // The sender may have changed its keys.
        List<VerificationKey> later = tools.keys(from, true);
        key = later.equals(known) ? Optional.empty() : first(later, confirmation);
      }
      if (key.isPresent()) {
        tools.confirmed(from);
      }
      return key;
    }
  }
}
