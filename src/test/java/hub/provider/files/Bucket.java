package hub.provider.files;

import hub.testing.TestHub;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** An S3-compatible server that checks every signature, with one bucket in a folder. */
public final class Bucket implements AutoCloseable {
  public static final String NAME = "files";
  public static final String KEY_ID = "AKIATESTTESTTESTTEST";
  public static final String SECRET = "a/secret+for=tests";

  private final S3Proxy server;
  private final S3Client client;

  private Bucket(S3Proxy server, S3Client client) {
    this.server = server;
    this.client = client;
  }

  public static Bucket start() {
    try {
      Path folder = Files.createTempDirectory("bucket");
      Properties properties = new Properties();
      properties.setProperty("jclouds.filesystem.basedir", folder.toString());
      S3Proxy server =
          S3Proxy.builder()
              .blobStore(BlobStores.create("filesystem-nio2", properties))
              .endpoint(URI.create("http://127.0.0.1:0"))
              .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, KEY_ID, SECRET)
              .build();
      server.start();
      S3Client client =
          S3Client.builder()
              .endpointOverride(URI.create("http://127.0.0.1:" + server.getPort()))
              .region(Region.US_EAST_1)
              .forcePathStyle(true)
              .credentialsProvider(
                  StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY_ID, SECRET)))
              .build();
      client.createBucket(request -> request.bucket(NAME));
      return new Bucket(server, client);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Asks the store directly, to see what it has. */
  public S3Client client() {
    return client;
  }

  public int port() {
    return server.getPort();
  }

  /** A hub with the storage routes that uses this bucket. */
  TestHub.Builder configure(TestHub.Builder hub) {
    return configure(hub, port());
  }

  static TestHub.Builder configure(TestHub.Builder hub, int port) {
    return hub.with("S3_BUCKET", NAME)
        .with("S3_ENDPOINT", "http://127.0.0.1:" + port)
        .with("AWS_REGION", "us-east-1")
        .with("AWS_ACCESS_KEY_ID", KEY_ID)
        .with("AWS_SECRET_ACCESS_KEY", SECRET)
        .routeFile("policies/*.camel.yaml")
        .routeFile("storage/*.camel.yaml");
  }

  @Override
  public void close() {
    client.close();
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
