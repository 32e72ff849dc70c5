package hub.shipping;

import com.fasterxml.jackson.databind.JsonNode;
import hub.util.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The shipped Dockerfile, read as far as it goes without an engine. */
record Dockerfile(List<Instruction> instructions) {
  static final Path FILE = Path.of("src/main/docker/Dockerfile");

  /** A word of {@code ENV} and {@code LABEL}: {@code name=value} or {@code name="value"}. */
  private static final Pattern PAIR = Pattern.compile("(\\S+?)=(?:\"([^\"]*)\"|(\\S*))");

  /**
   * One instruction.
   *
   * @param name in upper case, such as {@code COPY}
   * @param rest its lines joined
   */
  record Instruction(String name, String rest) {
    /** Options such as {@code --chmod=0755}, without the dashes. */
    Map<String, String> options() {
      Map<String, String> options = new LinkedHashMap<>();
      for (String word : rest.split("\\s+")) {
        if (!word.startsWith("--")) {
          break;
        }
        String[] parts = word.substring(2).split("=", 2);
        options.put(parts[0], parts[1]);
      }
      return options;
    }

    /** The words after the options. */
    List<String> words() {
      return Stream.of(rest.split("\\s+")).dropWhile(word -> word.startsWith("--")).toList();
    }

    /** The JSON array of the exec form. */
    List<String> exec() {
      JsonNode array = Json.own(rest.substring(rest.indexOf('[')));
      List<String> words = new ArrayList<>();
      array.forEach(word -> words.add(word.asText()));
      return words;
    }

    Map<String, String> pairs() {
      Map<String, String> pairs = new LinkedHashMap<>();
      Matcher pair = PAIR.matcher(rest);
      while (pair.find()) {
        pairs.put(pair.group(1), pair.group(2) == null ? pair.group(3) : pair.group(2));
      }
      return pairs;
    }
  }

  static Dockerfile read() throws IOException {
    List<Instruction> all = new ArrayList<>();
    String text = Files.readString(FILE).replaceAll("(?m)^#.*\n", "").replaceAll("\\\\\n\\s*", " ");
    for (String line : text.lines().filter(line -> !line.isBlank()).toList()) {
      String[] parts = line.strip().split("\\s+", 2);
      all.add(new Instruction(parts[0], parts[1]));
    }
    return new Dockerfile(all);
  }

  /** The instructions of the image itself, which is the last stage. */
  List<Instruction> image() {
    int last = 0;
    for (int i = 0; i < instructions.size(); i++) {
      if (instructions.get(i).name().equals("FROM")) {
        last = i;
      }
    }
    return instructions.subList(last, instructions.size());
  }

  /** The one instruction of this name in the image. */
  Instruction only(String name) {
    List<Instruction> found = all(name);
    if (found.size() != 1) {
      throw new AssertionError(found.size() + " times " + name);
    }
    return found.get(0);
  }

  List<Instruction> all(String name) {
    return image().stream().filter(one -> one.name().equals(name)).toList();
  }

  Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>();
    all("ENV").forEach(one -> environment.putAll(one.pairs()));
    return environment;
  }
}
