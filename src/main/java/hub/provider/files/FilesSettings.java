package hub.provider.files;

import hub.config.Setting;
import hub.config.Settings;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Where files are kept, and how long a call may take. Reads the values when they are asked for. */
final class FilesSettings {
  /** Without these there is no storage. */
  static final List<String> NEEDS =
      List.of("S3_BUCKET", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");

  private final Settings settings;

  FilesSettings(Settings settings) {
    this.settings = settings;
  }

  /**
   * @throws ProblemException 503 {@code not-configured}, naming what is not set
   */
  void require() {
    List<String> missing = NEEDS.stream().filter(name -> settings.named(name).isEmpty()).toList();
    if (!missing.isEmpty()) {
      throw new ProblemException(
          Problem.of(
              503,
              "not-configured",
              "s3 is not configured: set "
                  + String.join(", ", missing)
                  + Settings.WHEN_SET_COUNTS));
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

  /** Of R2, MinIO and the like; empty: Amazon's own, by region. */
  Optional<URI> endpoint() {
    return settings.named("S3_ENDPOINT").map(String::strip).map(URI::create);
  }

  /** Where a stored file can be had: under {@code S3_PUBLIC_URL}, else from this API. */
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

  /** Of one attempt; also how long an answer that has begun may stand still. */
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
