package hub.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate and its key, made by the JDK's own keytool.
 *
 * @param keystore PKCS12 with {@link #PASSWORD}
 */
public record Certificate(Path keystore) {
  public static final String PASSWORD = "changeit";

  private static final String ALIAS = "server";

  /** For a server of this name. */
  public static Certificate of(String host) {
    try {
      Path keystore = Files.createTempDirectory("certificate").resolve("server.p12");
      List<String> command =
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
              "-J-XX:+UseSerialGC",
              "-J-XX:TieredStopAtLevel=1",
              "-genkeypair",
              "-alias",
              ALIAS,
              "-keyalg",
              "EC",
              "-dname",
              "CN=" + host,
              "-ext",
              "san=dns:" + host,
              "-storetype",
              "PKCS12",
              "-keystore",
              keystore.toString(),
              "-storepass",
              PASSWORD);
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException(output);
      }
      return new Certificate(keystore);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What it shows to everybody. */
  public X509Certificate certificate() {
    try {
      return (X509Certificate) opened().getCertificate(ALIAS);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public PrivateKey privateKey() {
    try {
      return (PrivateKey) opened().getKey(ALIAS, PASSWORD.toCharArray());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private KeyStore opened() throws GeneralSecurityException {
    try (InputStream in = Files.newInputStream(keystore)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, PASSWORD.toCharArray());
      return store;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** For the server's side. */
  public SSLContext serving() {
    try {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(opened(), PASSWORD.toCharArray());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** For the client's side: believes this certificate alone. */
  public SSLContext trusting() {
    try {
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(opened());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A hub that shows it to whoever connects. */
  public TestHub.Builder shownBy(TestHub.Builder hub) {
    return hub.with("camel.ssl.enabled", "true")
        .with("camel.ssl.keyStore", "file:" + keystore)
        .with("camel.ssl.keystorePassword", PASSWORD)
        .with("camel.server.useGlobalSslContextParameters", "true");
  }

  /** A hub that believes it. */
  public TestHub.Builder believedBy(TestHub.Builder hub) {
    return hub.with("camel.ssl.enabled", "true")
        .with("camel.ssl.trustStore", "file:" + keystore)
        .with("camel.ssl.trustStorePassword", PASSWORD);
  }
}
