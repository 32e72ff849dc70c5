package hub.provider.files;

import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/**
 * Makes the clients of the SDK as the hub wants them: one try, no redirect (the SDK's HTTP client
 * follows none), bounded connections and times, and no checksum that R2 or MinIO would refuse.
 */
final class S3Clients {
  /**
   * A part may take this long for each of its bytes on top of an attempt's usual time: 64 KiB a
   * second is slower than any line that still makes progress.
   */
  private static final long SLOWEST_BYTES_PER_SECOND = 64 * 1024;

  /** Connections on which files are read, each as long as its reader takes. */
  private static final int DOWNLOADS = 64;

  /** Dropped before servers do, which mostly wait a minute or less. */
  private static final Duration IDLE_CONNECTION = Duration.ofSeconds(15);

  private final FilesSettings settings;

  S3Clients(FilesSettings settings) {
    this.settings = settings;
  }

  /** For calls with small answers. */
  S3Client forCalls() {
    return client(settings.attempt(), settings.concurrent());
  }

  /** For calls that carry a part of a file. */
  S3Client forUploads() {
    return client(
        settings.attempt().plusSeconds(Upload.PART_BYTES / SLOWEST_BYTES_PER_SECOND),
        settings.concurrent());
  }

  /**
   * For files that are read: an attempt ends when the answer begins; from then on it may go on as
   * long as it does not stand still.
   */
  S3Client forDownloads() {
    return client(settings.attempt(), DOWNLOADS);
  }

  private S3Client client(Duration attempt, int connections) {
    var builder =
        S3Client.builder()
            .region(Region.of(settings.region()))
            .credentialsProvider(credentials())
            .serviceConfiguration(style())
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .crossRegionAccessEnabled(false)
            .httpClientBuilder(
                ApacheHttpClient.builder()
                    .maxConnections(connections)
                    .connectionTimeout(settings.connect())
                    .connectionAcquisitionTimeout(settings.connect())
                    .socketTimeout(settings.attempt())
                    .connectionMaxIdleTime(IDLE_CONNECTION)
                    .tcpKeepAlive(true))
            .overrideConfiguration(
                ClientOverrideConfiguration.builder()
                    .apiCallTimeout(attempt)
                    .retryStrategy(DefaultRetryStrategy.doNotRetry())
                    .addExecutionInterceptor(new BoundedAnswers(settings.answerMaxBytes()))
                    // Only the hub's own settings count, no file in somebody's home.
                    .defaultProfileFile(ProfileFile.aggregator().build())
                    .build());
    settings.endpoint().ifPresent(builder::endpointOverride);
    return builder.build();
  }

  S3Presigner presigner() {
    S3Presigner.Builder builder =
        S3Presigner.builder()
            .region(Region.of(settings.region()))
            .credentialsProvider(credentials())
            .serviceConfiguration(style());
    settings.endpoint().ifPresent(builder::endpointOverride);
    return builder.build();
  }

  /** Asked for each request: the keys may change while a client is in use. */
  private AwsCredentialsProvider credentials() {
    return () -> AwsBasicCredentials.create(settings.accessKeyId(), settings.secretAccessKey());
  }

  /** R2 takes no chunked signatures; parts are in memory and can be signed as a whole. */
  private S3Configuration style() {
    return S3Configuration.builder()
        .pathStyleAccessEnabled(settings.endpoint().isPresent())
        .chunkedEncodingEnabled(false)
        .build();
  }
}
