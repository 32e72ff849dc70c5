package hub.lint;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the tables of seeded mistakes, {@code lint/mistakes-*.txt}. */
final class Mistakes {
  private static final String MARK = "<<<";

  /**
   * A mistake.
   *
   * @param files their contents by path
   * @param where file and line that must be told
   */
  record Mistake(String kind, String what, String remedy, Map<String, String> files, String where) {
    /** Whether a fault tells it: at its place, in its words, with a remedy. */
    boolean isToldBy(Fault fault) {
      return fault.where().equals(where)
          && fault.toString().contains(what)
          && fault.toString().contains(remedy);
    }

    @Override
    public String toString() {
      return kind;
    }
  }

  private Mistakes() {}

  static List<Mistake> read() {
    return read("mistakes-files.txt", "mistakes-routes.txt", "mistakes-more.txt");
  }

  /** Routes without an error, in the same format. */
  static List<Mistake> sound() {
    return read("sound-routes.txt");
  }

  private static List<Mistake> read(String... tables) {
    List<Mistake> all = new ArrayList<>();
    for (String table : tables) {
      for (String block : resource(table).split("(?m)^#### ")) {
        if (!block.startsWith("# ") && !block.isBlank()) {
          all.add(mistake(block));
        }
      }
    }
    return all;
  }

  private static Mistake mistake(String block) {
    String[] lines = block.split("\n", -1);
    String[] head = (lines[0] + (lines[0].contains("|") ? "" : "||")).split("\\|", -1);
    Map<String, StringBuilder> files = new LinkedHashMap<>();
    StringBuilder file = null;
    String path = "";
    String where = "";
    String indent = "";
    for (int i = 1; i < lines.length; i++) {
      String line = lines[i];
      boolean marked = line.endsWith(MARK);
      line = marked ? line.substring(0, line.length() - MARK.length()).stripTrailing() : line;
      if (line.startsWith("@")) {
        String[] words = line.split(" ");
        boolean wrapped = words[0].length() > 1;
        path = wrapped ? "routes/shop/mistake.camel.yaml" : words[1];
        file = new StringBuilder();
        files.put(path, file);
        indent = words[0].equals("@steps") ? " ".repeat(8) : wrapped ? " ".repeat(6) : "";
        if (wrapped) {
          file.append(
              head(words.length > 1 ? words[1] : "direct:mistake", words[0].equals("@steps")));
        }
        where = marked ? path : where;
      } else if (file != null && (i < lines.length - 1 || !line.isEmpty())) {
        file.append(indent).append(line).append('\n');
        if (marked) {
          where = path + ":" + file.chars().filter(c -> c == '\n').count();
        }
      }
    }
    Map<String, String> contents = new LinkedHashMap<>();
    files.forEach((name, content) -> contents.put(name, content.toString()));
    return new Mistake(
        head[0].strip(),
        head[1].strip(),
        head[2].strip(),
        contents,
        where.isEmpty() ? path : where);
  }

  private static String head(String uri, boolean steps) {
    return """
        - route:
            id: mistake
            description: Holds one mistake.
            from:
              uri: %s
        """
            .formatted(uri)
        + (steps ? "      steps:\n" : "");
  }

  private static String resource(String name) {
    try (InputStream in = Mistakes.class.getResourceAsStream("/lint/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A folder with what is shipped and every mistake may refer to. */
  static HubFolder folder(Path root) {
    HubFolder hub = new HubFolder(root);
    hub.write(
        "routes/stripe/stripe-webhook.camel.yaml",
        HubFolder.webhookRoute("stripe-webhook", "source: stripe\nscheme: stripe\noptional: true\n")
            .replace("inbox:shop", "inbox:stripe"));
    return hub;
  }
}
