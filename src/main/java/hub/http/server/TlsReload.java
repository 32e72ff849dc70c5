package hub.http.server;

import hub.util.Sha256;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.component.vertx.common.VertxHelper;
import org.apache.camel.support.ResourceHelper;
import org.apache.camel.support.jsse.KeyManagersParameters;
import org.apache.camel.support.jsse.KeyStoreParameters;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.camel.support.jsse.TrustManagersParameters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reloads the key store and the trust store of the hub's TLS when their files change, so that a
 * renewed certificate is used without a restart. A store that cannot be used is logged once, and
 * the old one stays. Not thread-safe.
 */
final class TlsReload {
  private static final Logger LOG = LoggerFactory.getLogger(TlsReload.class);

  /** A new certificate must be in use ten seconds after its file was written. */
  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(3);

  private final CamelContext context;
  private final SSLContextParameters tls;
  private final HttpServer server;
  private String seen;

  private TlsReload(CamelContext context, SSLContextParameters tls, HttpServer server) {
    this.context = context;
    this.tls = tls;
    this.server = server;
    this.seen = fingerprint();
  }

  /** Checks the files until {@code vertx} is closed. */
  static void watch(
      Vertx vertx, CamelContext context, SSLContextParameters tls, HttpServer server) {
    TlsReload reload = new TlsReload(context, tls, server);
    vertx.setPeriodic(
        CHECK_INTERVAL.toMillis(),
        id ->
            vertx.executeBlocking(
                () -> {
                  reload.reloadIfChanged();
                  return null;
                }));
  }

  private void reloadIfChanged() {
    String now = fingerprint();
    if (now.equals(seen)) {
      return;
    }
    seen = now;
    try {
      requireKey();
      HttpServerOptions options = new HttpServerOptions();
      VertxHelper.setupSSLOptions(context, tls, options);
      server
          .updateSSLOptions(options.getSslOptions(), true)
          .onSuccess(done -> LOG.info("tls=reload outcome=done"))
          .onFailure(TlsReload::logFailure);
    } catch (Exception e) {
      logFailure(e);
    }
  }

  private static void logFailure(Throwable error) {
    LOG.warn(
        "tls=reload outcome=failed error={} remedy=\"the old certificate stays in use; write a key"
            + " store that camel.ssl.keystorePassword opens and that has a private key\"",
        error.toString());
  }

  /** Rejects a key store without a private key: it loads, but then every handshake fails. */
  private void requireKey() throws GeneralSecurityException, IOException {
    Optional<KeyStoreParameters> parameters = keyStore();
    if (parameters.isEmpty()) {
      return;
    }
    KeyStore store = parameters.get().createKeyStore();
    for (String alias : Collections.list(store.aliases())) {
      if (store.isKeyEntry(alias)) {
        return;
      }
    }
    throw new GeneralSecurityException("the key store has no private key");
  }

  private Optional<KeyStoreParameters> keyStore() {
    return Optional.ofNullable(tls.getKeyManagers()).map(KeyManagersParameters::getKeyStore);
  }

  private Optional<KeyStoreParameters> trustStore() {
    return Optional.ofNullable(tls.getTrustManagers()).map(TrustManagersParameters::getKeyStore);
  }

  /** A value that changes with the content of the files. */
  private String fingerprint() {
    try {
      MessageDigest digest = Sha256.digest();
      for (String resource :
          Stream.of(keyStore(), trustStore())
              .flatMap(Optional::stream)
              .map(KeyStoreParameters::getResource)
              .filter(resource -> resource != null)
              .toList()) {
        try (InputStream in =
            ResourceHelper.resolveMandatoryResourceAsInputStream(
                context, context.resolvePropertyPlaceholders(resource))) {
          digest.update(in.readAllBytes());
        }
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      // An unreadable file is a state too: tried once and logged once.
      return e.toString();
    }
  }
}
