package hub.provider.files;

import hub.config.Settings;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Asks once whether the bucket of the files is there, by HeadBucket, which changes nothing. */
public final class BucketProbe {
  private static final int MOVED = 301;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;

  private BucketProbe() {}

  /** Whether somebody has begun to configure files. */
  public static boolean isConfigured(Settings settings) {
    return settings.named("S3_BUCKET").isPresent();
  }

  /** What is wrong, with the remedy and without a secret; empty when the bucket answers. */
  public static Optional<String> fault(Settings settings) {
    List<String> missing =
        FilesSettings.NEEDS.stream().filter(name -> settings.named(name).isEmpty()).toList();
    if (!missing.isEmpty()) {
      return Optional.of("not complete; set " + String.join(", ", missing));
    }
    FilesSettings files = new FilesSettings(settings);
    try (S3Client client = new S3Clients(files).forCalls()) {
      client.headBucket(request -> request.bucket(files.bucket()));
      return Optional.empty();
    } catch (S3Exception e) {
      return Optional.of(
          switch (e.statusCode()) {
            case NOT_FOUND ->
                "there is no bucket " + files.bucket() + "; make it, or correct S3_BUCKET";
            case FORBIDDEN ->
                "the key is refused for bucket "
                    + files.bucket()
                    + "; check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and what the key may do";
            case MOVED -> "bucket " + files.bucket() + " is in another region; correct AWS_REGION";
            default -> "the store answers " + e.statusCode() + "; try again later";
          });
    } catch (SdkException | IllegalArgumentException e) {
      return Optional.of(
          "no answer from the store (" + e.getMessage() + "); check S3_ENDPOINT and AWS_REGION");
    }
  }
}
