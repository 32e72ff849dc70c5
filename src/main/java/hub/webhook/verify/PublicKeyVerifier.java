package hub.webhook.verify;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.Signature;
import java.security.SignatureException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Accepts a request whose signature one of the sender's public keys confirms, at a time within the
 * tolerance. Thread-safe.
 */
record PublicKeyVerifier(
    KeySource source,
    ParsedSignature.Parser parser,
    List<Algorithm> algorithms,
    SignedContents contents,
    TimestampTolerance tolerance)
    implements SignatureVerifier {

  /** The JDK's names of the algorithms. */
  private static final Map<String, String> JDK_NAMES =
      Map.of(
          "ed25519", "Ed25519",
          "ecdsa-p256-sha256", "SHA256withECDSA",
          "rsa-sha256", "SHA256withRSA",
          "rsa-sha1", "SHA1withRSA",
          "rs256", "SHA256withRSA",
          "es256", "SHA256withECDSAinP1363Format");

  /** Java takes longer signatures, whatever stands behind. */
  private static final Map<String, Integer> BYTES = Map.of("ed25519", 64, "es256", 64);

  /** All names, in the order of the reference. */
  static final List<String> NAMES =
      List.of("ed25519", "ecdsa-p256-sha256", "rsa-sha256", "rsa-sha1");

  /** An algorithm and when it counts. */
  record Algorithm(Condition when, String name) {}

  @Override
  public VerifiedRequest verify(SignedRequest request) throws WebhookRejectedException {
    ParsedSignature signature = parser.parse(request);
    String algorithm = algorithm(request);
    SignedContents.Choice content = contents.choose(request);
    Scope scope = Scope.of(request, signature);
    Optional<VerificationKey> key =
        source.confirming(
            request,
            candidate ->
                confirmsAny(
                    candidate, algorithm, content.template(), scope, signature.signatures()));
    if (key.isEmpty()) {
      throw new WebhookRejectedException(
          RejectionReason.SIGNATURE_MISMATCH, "none of the sender's keys confirms the signature");
    }
    if (content.digest().isPresent()) {
      content.digest().get().check(request);
    }
    Optional<Instant> timestamp = signature.time().map(SignedTime::instant);
    if (timestamp.isPresent()) {
      tolerance.check(timestamp.get());
    }
    return new VerifiedRequest(key.get().id(), timestamp);
  }

  private String algorithm(SignedRequest request) throws WebhookRejectedException {
    for (Algorithm algorithm : algorithms) {
      if (algorithm.when.holds(request)) {
        return algorithm.name;
      }
    }
    throw new WebhookRejectedException(
        RejectionReason.SIGNATURE_MALFORMED, "the signature is of no version that is known");
  }

  private static boolean confirmsAny(
      VerificationKey key, String algorithm, Template content, Scope scope, List<byte[]> signatures)
      throws WebhookRejectedException {
    for (byte[] written : signatures) {
      Optional<Signature> signature = started(key, algorithm);
      if (signature.isEmpty()) {
        return false;
      }
      content.feed(scope, bytes -> update(signature.get(), bytes));
      if (confirms(signature.get(), algorithm, written)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a key confirms a signature of bytes.
   *
   * @param algorithm as schemes write it
   */
  static boolean confirms(VerificationKey key, String algorithm, byte[] content, byte[] written) {
    Optional<Signature> signature = started(key, algorithm);
    signature.ifPresent(one -> update(one, content));
    return signature.isPresent() && confirms(signature.get(), algorithm, written);
  }

  private static boolean confirms(Signature signature, String algorithm, byte[] written) {
    try {
      return written.length == BYTES.getOrDefault(algorithm, written.length)
          && signature.verify(written);
    } catch (SignatureException e) {
      return false; // of another length or form than this algorithm's
    }
  }

  /** Empty when the key is none of the algorithm's. */
  private static Optional<Signature> started(VerificationKey key, String algorithm) {
    if (!PublicKeys.fits(key.key(), algorithm)) {
      return Optional.empty();
    }
    try {
      Signature signature = Signature.getInstance(JDK_NAMES.get(algorithm));
      signature.initVerify(key.key());
      return Optional.of(signature);
    } catch (InvalidKeyException e) {
      return Optional.empty(); // of a form that this Java runtime does not take
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("This Java runtime cannot verify " + algorithm, e);
    }
  }

  private static void update(Signature signature, byte[] bytes) {
    try {
      signature.update(bytes);
    } catch (SignatureException e) {
      throw new IllegalStateException(e); // only of a signature that was not started
    }
  }

  /** The JDK's name of an algorithm, to sign with. */
  static String jdkName(String algorithm) {
    return JDK_NAMES.get(algorithm);
  }
}
