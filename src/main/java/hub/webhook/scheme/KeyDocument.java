package hub.webhook.scheme;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import hub.util.Json;
import hub.webhook.verify.PublicKeys;
import hub.webhook.verify.VerificationKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.text.ParseException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The keys of a document: a JSON Web Key Set (RFC 7517) or a PEM of a certificate or public key.
 * Immutable.
 *
 * @param from when the keys begin to count
 * @param until when they end to count
 */
record KeyDocument(List<VerificationKey> keys, Instant from, Instant until) {
  private static final int MOST_KEYS = 50;

  KeyDocument {
    keys = List.copyOf(keys);
  }

  /** None outside of the certificate's dates. */
  List<VerificationKey> keysAt(Instant now) {
    return now.isBefore(from) || now.isAfter(until) ? List.of() : keys;
  }

  /**
   * @throws IOException when there is no key in it that confirms signatures, or too many are
   */
  static KeyDocument parse(byte[] document) throws IOException {
    String text = new String(document, StandardCharsets.UTF_8).strip();
    if (text.startsWith("{")) {
      return of(keySet(document));
    }
    // Only at the beginning: an error page may repeat what a request asked for.
    if (!text.startsWith("-----BEGIN ")) {
      throw new IOException("it is neither a JSON Web Key Set nor a PEM");
    }
    if (text.startsWith("-----BEGIN CERTIFICATE-----")) {
      X509Certificate certificate =
          PublicKeys.certificate(text)
              .orElseThrow(() -> new IOException("its certificate cannot be read"));
      return new KeyDocument(
          List.of(VerificationKey.of(certificate.getPublicKey())),
          certificate.getNotBefore().toInstant(),
          certificate.getNotAfter().toInstant());
    }
    return of(PublicKeys.parse(text).map(VerificationKey::of).stream().toList());
  }

  private static KeyDocument of(List<VerificationKey> keys) throws IOException {
    if (keys.isEmpty()) {
      throw new IOException("it holds no public key for signatures");
    }
    if (keys.size() > MOST_KEYS) {
      throw new IOException("it holds more than " + MOST_KEYS + " keys");
    }
    return new KeyDocument(keys, Instant.MIN, Instant.MAX);
  }

  private static List<VerificationKey> keySet(byte[] document) throws IOException {
    JsonNode set =
        Json.parse(document)
            .map(json -> json.path("keys"))
            .filter(JsonNode::isArray)
            .orElseThrow(() -> new IOException("it is no JSON Web Key Set"));
    List<VerificationKey> keys = new ArrayList<>();
    for (JsonNode one : set) {
      key(one).ifPresent(keys::add);
    }
    return keys;
  }

  /** Empty for a key of a kind that is unknown, or is not for signatures. */
  private static Optional<VerificationKey> key(JsonNode node) {
    try {
      JWK key = JWK.parse(node.toString());
      return isForSignatures(key)
          ? publicKey(key)
              .map(
                  known ->
                      VerificationKey.of(known, Optional.ofNullable(key.getKeyID()).orElse("")))
          : Optional.empty();
    } catch (ParseException | JOSEException | RuntimeException e) {
      // A sender may have keys for others, too.
      return Optional.empty();
    }
  }

  private static boolean isForSignatures(JWK key) {
    return (key.getKeyUse() == null || key.getKeyUse().equals(KeyUse.SIGNATURE))
        && (key.getKeyOperations() == null || key.getKeyOperations().contains(KeyOperation.VERIFY))
        && (key.getAlgorithm() == null
            || JWSAlgorithm.Family.SIGNATURE.contains(
                JWSAlgorithm.parse(key.getAlgorithm().getName())));
  }

  private static Optional<PublicKey> publicKey(JWK key) throws JOSEException {
    if (key instanceof OctetKeyPair pair) {
      return pair.getCurve().equals(Curve.Ed25519)
          ? PublicKeys.parse(pair.getX().toString())
          : Optional.empty();
    }
    return key instanceof AsymmetricJWK asymmetric
        ? Optional.of(asymmetric.toPublicKey())
        : Optional.empty();
  }
}
