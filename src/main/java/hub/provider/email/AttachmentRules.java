package hub.provider.email;

import hub.http.problem.ProblemException;
import hub.provider.files.FileKey;
import hub.util.Unicode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The rules for the files of an e-mail before it is queued. */
final class AttachmentRules {
  /** In one e-mail. */
  static final int MAX_FILES = 10;

  private static final int MAX_NAME = 255;

  /** Of one part: what is several would be taken apart. */
  private static final Pattern CONTENT_TYPE =
      Pattern.compile(
          "(?!(?i:multipart|message)/)[A-Za-z0-9!#$&^_.+-]{1,127}/[A-Za-z0-9!#$&^_.+-]{1,127}(; ?charset=[A-Za-z0-9._-]{1,40})?");

  private AttachmentRules() {}

  /**
   * @param given a list of keys or of maps with {@code key}, {@code filename}, {@code contentType};
   *     null for no files
   * @param faults gets what is wrong
   */
  static List<MailAttachment> check(Object given, List<String> faults) {
    List<?> all = given instanceof List<?> many ? many : List.of();
    if (all.size() > MAX_FILES) {
      faults.add("attachments has " + all.size() + " files; send " + MAX_FILES + " at most");
      return List.of();
    }
    List<MailAttachment> files = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      Map<?, ?> fields = all.get(i) instanceof Map<?, ?> map ? map : Map.of("key", all.get(i));
      files.add(file("attachments." + i, fields, faults));
    }
    return files;
  }

  private static MailAttachment file(String place, Map<?, ?> fields, List<String> faults) {
    String key = text(fields, "key").orElse("");
    try {
      new FileKey(key);
    } catch (ProblemException e) {
      faults.add(place + ".key: " + e.problem().detail().replaceFirst("\\.$", ""));
    }
    String name = text(fields, "filename").orElse(key.substring(key.lastIndexOf('/') + 1));
    if (name.isBlank()
        || name.length() > MAX_NAME
        || name.chars().anyMatch(c -> Character.isISOControl(c) || c == '/' || c == '\\')
        || !Unicode.isWellFormed(name)) {
      faults.add(
          place
              + ".filename is no name of a file: 1 to "
              + MAX_NAME
              + " characters without slashes and control characters");
    }
    Optional<String> type = text(fields, "contentType");
    if (type.isPresent() && !isContentType(type.get())) {
      faults.add(place + ".contentType is not a type such as application/pdf");
    }
    return new MailAttachment(key, name, type);
  }

  private static Optional<String> text(Map<?, ?> fields, String name) {
    return Optional.ofNullable(fields.get(name)).map(String::valueOf);
  }

  /** Whether a file of an e-mail may have this type. */
  static boolean isContentType(String text) {
    return CONTENT_TYPE.matcher(text).matches();
  }
}
