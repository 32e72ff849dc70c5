package hub.provider.email;

import java.util.ArrayList;
import java.util.List;

/** The files of one e-mail while they are read, in memory. For one exchange. */
public final class AttachedFiles {
  /** Name of the variable. */
  static final String VARIABLE = "attachedFiles";

  /**
   * A file that was read.
   *
   * @param name as the reader of the e-mail sees it
   * @param contentType perhaps with a charset
   */
  public record File(String name, String contentType, byte[] bytes) {
    /** The content type without its charset. */
    public String bareType() {
      return contentType.replaceFirst(";.*", "");
    }
  }

  private final List<MailAttachment> wanted;
  private final List<File> read = new ArrayList<>();
  private int left;
  private boolean missing;

  /**
   * @param maxBytes of all files together
   */
  AttachedFiles(List<MailAttachment> wanted, int maxBytes) {
    this.wanted = wanted;
    this.left = maxBytes;
  }

  /** How many files the e-mail has. */
  public int count() {
    return wanted.size();
  }

  /** The first one that was not read yet. */
  MailAttachment next() {
    return wanted.get(read.size());
  }

  /** Most bytes that it may have; negative: the files were too large. */
  int left() {
    return left;
  }

  void add(String contentType, byte[] bytes) {
    left -= bytes.length;
    read.add(new File(next().filename(), contentType, bytes));
  }

  /** Notes that the storage has no such file as {@link #next()}. */
  void miss() {
    missing = true;
  }

  boolean isMissing() {
    return missing;
  }

  /** The files that were read, in order; none before the route has read them. */
  public List<File> files() {
    return read;
  }
}
