package hub.provider.files;

import hub.config.Setting;
import hub.config.Settings;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The settings of file storage. Reads each value when it is used. */
final class FilesSettings {
  /** The variables that file storage needs. */
  static final List<String> NEEDS =
      List.of("S3_BUCKET", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");

  private final Settings settings;

  FilesSettings(Settings settings) {
    this.settings = settings;
  }

  /**
   * @throws ProblemException 503 {@code not-configured} that names the missing variables
   */
  void require() {
    List<String> missing = NEEDS.stream().filter(name -> settings.named(name).isEmpty()).toList();
    if (!missing.isEmpty()) {
      throw new ProblemException(
          Problem.of(
              503,
              "not-configured",
              "s3 is not configured: set " + String.join(", ", missing) + Settings.TAKES_EFFECT));
    }
  }

  private String needed(String name) {
    return settings.named(name).orElseThrow(() -> new IllegalStateException(name + " is not set"));
  }

  String bucket() {
    return needed("S3_BUCKET").strip();
  }

  String region() {
    return needed("AWS_REGION").strip();
  }

  String accessKeyId() {
    return needed("AWS_ACCESS_KEY_ID").strip();
  }

  String secretAccessKey() {
    return needed("AWS_SECRET_ACCESS_KEY").strip();
  }

  /** The address of R2, MinIO or another S3-compatible store; empty: Amazon's, by region. */
  Optional<URI> endpoint() {
    return settings.named("S3_ENDPOINT").map(String::strip).map(URI::create);
  }

  /** The address of a stored file: under {@code S3_PUBLIC_URL}, else at this API. */
  String urlOf(FileKey key) {
    String base =
        settings
            .named("S3_PUBLIC_URL")
            .map(String::strip)
            .orElseGet(() -> withoutSlash(settings.text(Setting.PUBLIC_URL)) + "/api/files");
    return withoutSlash(base) + "/" + key.encoded();
  }

  private static String withoutSlash(String url) {
    return url.replaceFirst("/+$", "");
  }

  Duration connect() {
    return Duration.ofSeconds(settings.count(Setting.CALL_CONNECT_SECONDS));
  }

  /** The limit for one attempt; also the longest pause within a response. */
  Duration attempt() {
    return Duration.ofSeconds(settings.count(Setting.CALL_ATTEMPT_SECONDS));
  }

  int concurrent() {
    return settings.count(Setting.CALL_CONCURRENT);
  }

  int answerMaxBytes() {
    return settings.count(Setting.CALL_ANSWER_MAX_BYTES);
  }
}
