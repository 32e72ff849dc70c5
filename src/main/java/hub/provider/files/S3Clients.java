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
 * Makes the SDK's clients with the hub's rules: one attempt, no redirects (the SDK's HTTP client
 * follows none), limits for connections and times, and no checksums that R2 or MinIO would reject.
 */
final class S3Clients {
  /**
   * The time for a part grows by its size at this rate. A connection slower than 64 KiB a second is
   * too slow.
   */
  private static final long SLOWEST_BYTES_PER_SECOND = 64 * 1024;

  /** Connections for downloads; each is in use as long as its client reads. */
  private static final int DOWNLOADS = 64;

  /** Closes an idle connection before the server does; most wait a minute or less. */
  private static final Duration IDLE_CONNECTION = Duration.ofSeconds(15);

  private final FilesSettings settings;

  S3Clients(FilesSettings settings) {
    this.settings = settings;
  }

  /** For calls with small responses. */
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
   * For downloads: the attempt's limit ends when the response begins; then only a pause may not be
   * longer than that.
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
                    .addExecutionInterceptor(new LimitResponseSize(settings.answerMaxBytes()))
                    // Uses the hub's settings only, no profile file in a home directory.
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

  /** Reads the keys for each request, because they may change while a client is in use. */
  private AwsCredentialsProvider credentials() {
    return () -> AwsBasicCredentials.create(settings.accessKeyId(), settings.secretAccessKey());
  }

  /** R2 does not accept chunked signatures; parts are in memory and can be signed as a whole. */
  private S3Configuration style() {
    return S3Configuration.builder()
        .pathStyleAccessEnabled(settings.endpoint().isPresent())
        .chunkedEncodingEnabled(false)
        .build();
  }
}
