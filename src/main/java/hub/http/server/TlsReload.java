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
 * Reads the key store of the hub's own TLS, and its trust store, again when their files change, so
 * that a renewed certificate is shown without a restart. What cannot be served is told once, and
 * the old one stays. Not thread-safe.
 */
final class TlsReload {
  private static final Logger LOG = LoggerFactory.getLogger(TlsReload.class);

  /** How often it looks; a certificate must be in use ten seconds after it was written. */
  private static final Duration EVERY = Duration.ofSeconds(3);

  private final CamelContext context;
  private final SSLContextParameters tls;
  private final HttpServer server;
  private String seen;

  private TlsReload(CamelContext context, SSLContextParameters tls, HttpServer server) {
    this.context = context;
    this.tls = tls;
    this.server = server;
    this.seen = mark();
  }

  /** Looks until {@code vertx} is closed. */
  static void watch(
      Vertx vertx, CamelContext context, SSLContextParameters tls, HttpServer server) {
    TlsReload reload = new TlsReload(context, tls, server);
    vertx.setPeriodic(
        EVERY.toMillis(),
        id ->
            vertx.executeBlocking(
                () -> {
                  reload.look();
                  return null;
                }));
  }

  private void look() {
    String now = mark();
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
          .onFailure(TlsReload::tell);
    } catch (Exception e) {
      tell(e);
    }
  }

  private static void tell(Throwable error) {
    LOG.warn(
        "tls=reload outcome=failed error={} remedy=\"the old certificate stays in use; write a key"
            + " store that camel.ssl.keystorePassword opens and that has a private key\"",
        error.toString());
  }

  /** A store without one loads, and then fails every handshake. */
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

  /** Changes with the files' content. */
  private String mark() {
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
      // Also a state: tried once, told once.
      return e.toString();
    }
  }
}
