package hub.lint;

import hub.webhook.scheme.SchemeFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The schemes that the reference shows, one for each family; whole files, which tests use as
 * somebody's own.
 */
final class SchemeExamples {
  /** Below the documentation's folder. */
  static final String FOLDER = "examples/schemes";

  /**
   * An example.
   *
   * @param name of its scheme
   */
  private record Example(String family, String name, String text) {}

  private static final List<Example> ALL =
      List.of(
          new Example("A token", "depot", "The sender shows a word that both sides know."),
          new Example(
              "An HMAC over a template",
              "atelier",
              "Method, address, time and body are signed, and the account too where there is one."),
          new Example(
              "A structured header",
              "acme",
              "One header holds the time and one signature or several, `t=1768478400,v1=5f…,v1=a0…`."),
          new Example(
              "A public key",
              "observatory",
              "The sender keeps the private key. `keys: {url: …}` fetches the public ones instead of"
                  + " reading a variable."),
          new Example(
              "A JSON Web Token",
              "ferry",
              "The token is proven by a public key, and says the body's hash."),
          new Example(
              "Handshakes, and several events in a body",
              "beacon",
              "The address is made sure of in two ways, a body holds several signals, and the sender"
                  + " wants its own answers."));

  private SchemeExamples() {}

  static List<String> names() {
    return ALL.stream().map(Example::name).toList();
  }

  /** All of them in Markdown. */
  static String sections(Path docs) throws IOException {
    StringBuilder sections = new StringBuilder();
    for (Example example : ALL) {
      sections
          .append("\n### ")
          .append(example.family)
          .append("\n\n")
          .append(example.text)
          .append("\n\n")
          .append(Reference.code("routes/schemes/" + example.name + SchemeFiles.SUFFIX))
          .append(":\n\n```yaml\n")
          .append(Files.readString(file(docs, example.name)))
          .append("```\n");
    }
    return sections.toString();
  }

  static Path file(Path docs, String name) {
    return docs.resolve(FOLDER).resolve(name + SchemeFiles.SUFFIX);
  }
}
