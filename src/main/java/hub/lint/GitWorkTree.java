package hub.lint;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What git makes of a file, read from its files without a git process: {@code .gitignore} of each
 * folder, {@code info/exclude}, and the index. Known are names, folders, {@code *}, {@code ?},
 * {@code [...]}, <code>**</code>, a leading {@code /} and {@code !}; not known are the user's own
 * list of {@code core.excludesFile}, and an index of version 4.
 *
 * @param root the folder that holds {@code .git}
 * @param git the repository
 */
record GitWorkTree(Path root, Path git) {
  private static final String LINK = "gitdir: ";

  /** The length of a name stands in the two bytes before it, in their last twelve bits. */
  private static final int NAME_LENGTH = 0xFFF;

  /** A line of a list of what is ignored, with the folder for which it counts. */
  private record Rule(Path folder, Pattern pattern, boolean ignores) {}

  /** The work tree that holds {@code file}, if any. */
  static Optional<GitWorkTree> of(Path file) {
    Path folder = file.toAbsolutePath().normalize().getParent();
    for (; folder != null; folder = folder.getParent()) {
      Path git = folder.resolve(".git");
      if (Files.isDirectory(git)) {
        return Optional.of(new GitWorkTree(folder, git));
      }
      if (Files.isRegularFile(git)) {
        return Optional.of(new GitWorkTree(folder, linked(git)));
      }
    }
    return Optional.empty();
  }

  /** A further work tree, or a submodule, has a file that names its repository. */
  private static Path linked(Path file) {
    return lines(file).stream()
        .filter(line -> line.startsWith(LINK))
        .map(line -> file.resolveSibling(line.substring(LINK.length()).strip()))
        .findFirst()
        .orElse(file);
  }

  /** Whether a commit would leave the file out. */
  boolean ignores(Path file) {
    Path full = file.toAbsolutePath().normalize();
    List<Rule> rules = new ArrayList<>(rules(git.resolve("info/exclude"), root));
    Path folder = root;
    rules.addAll(rules(folder.resolve(".gitignore"), folder));
    for (Path name : root.relativize(full)) {
      folder = folder.resolve(name);
      if (isIgnored(folder, Files.isDirectory(folder), rules)) {
        return true;
      }
      rules.addAll(rules(folder.resolve(".gitignore"), folder));
    }
    return false;
  }

  /** The last rule that fits counts. */
  private static boolean isIgnored(Path path, boolean isFolder, List<Rule> rules) {
    boolean ignored = false;
    for (Rule rule : rules) {
      String inside = rule.folder().relativize(path).toString().replace('\\', '/');
      if (rule.pattern().matcher(isFolder ? inside + "/" : inside).matches()) {
        ignored = rule.ignores();
      }
    }
    return ignored;
  }

  private static List<Rule> rules(Path list, Path folder) {
    List<Rule> rules = new ArrayList<>();
    for (String line : lines(list)) {
      String written = line.stripTrailing();
      if (!written.isEmpty() && !written.startsWith("#")) {
        boolean ignores = !written.startsWith("!");
        rules.add(new Rule(folder, pattern(written.substring(ignores ? 0 : 1)), ignores));
      }
    }
    return rules;
  }

  private static final Pattern PART =
      Pattern.compile("\\*\\*/|/\\*\\*$|\\*+|\\?|\\[[^]]+]|\\\\(.)|[^*?\\[\\\\/]+|.");

  private static Pattern pattern(String written) {
    boolean folderOnly = written.endsWith("/");
    String glob = folderOnly ? written.substring(0, written.length() - 1) : written;
    StringBuilder regex = new StringBuilder(glob.contains("/") ? "" : "(?:.*/)?");
    Matcher part = PART.matcher(glob.startsWith("/") ? glob.substring(1) : glob);
    while (part.find()) {
      String text = part.group();
      regex.append(
          switch (text) {
            case "**/" -> "(?:.*/)?";
            case "/**" -> "/.*";
            case "?" -> "[^/]";
            default -> {
              if (text.startsWith("*")) {
                yield "[^/]*";
              }
              yield text.startsWith("[") && text.length() > 1
                  ? text.replaceFirst("^\\[!", "[^")
                  : Pattern.quote(part.group(1) == null ? text : part.group(1));
            }
          });
    }
    return Pattern.compile(regex + (folderOnly ? "/" : "/?"));
  }

  /** Whether git keeps the file already. */
  boolean tracks(Path file) {
    String inside =
        root.relativize(file.toAbsolutePath().normalize()).toString().replace('\\', '/');
    byte[] name = inside.getBytes(StandardCharsets.UTF_8);
    byte[] index;
    try {
      index = Files.readAllBytes(git.resolve("index"));
    } catch (IOException e) {
      return false; // nothing was ever added
    }
    for (int i = 2; i + name.length < index.length; i++) {
      if (index[i + name.length] == 0
          && java.util.Arrays.equals(index, i, i + name.length, name, 0, name.length)
          && (((index[i - 2] & 0xFF) << 8 | index[i - 1] & 0xFF) & NAME_LENGTH) == name.length) {
        return true;
      }
    }
    return false;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }
}
