package hub.lint;

import hub.config.EnvFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;

/**
 * Checks {@code .env}: that each line can be read, and that its secrets stay on this machine. Never
 * shows what stands in it.
 */
final class EnvFileRules {
  private final Path path;
  private final String name;
  private final Faults faults;

  /**
   * @param path of the file, which may be absent
   * @param name for messages
   */
  EnvFileRules(Path path, String name, Faults faults) {
    this.path = path;
    this.name = name;
    this.faults = faults;
  }

  void check(EnvFile file) {
    if (!Files.exists(path)) {
      return;
    }
    file.problem()
        .ifPresent(
            problem ->
                faults.error(
                    Location.of(name), problem, "check who may read it, and save it as UTF-8"));
    file.malformed()
        .forEach(
            line ->
                faults.error(
                    new Location(name, line),
                    "is no NAME=value",
                    "write a name of letters, digits and _, and close quotes on the same line"));
    checkPermissions();
    GitWorkTree.of(path).ifPresent(this::checkGit);
  }

  private void checkPermissions() {
    try {
      if (Files.getFileStore(path).supportsFileAttributeView("posix")
          && Files.getPosixFilePermissions(path).contains(PosixFilePermission.OTHERS_READ)) {
        faults.warning(
            Location.of(name),
            "every user of this machine can read it",
            "run 'chmod 600 " + name + "'");
      }
    } catch (IOException e) {
      // That it cannot be read has been told.
    }
  }

  private void checkGit(GitWorkTree tree) {
    if (tree.tracks(path)) {
      faults.warning(
          Location.of(name),
          "is kept by git, so everybody who has the repository has its secrets",
          "run 'git rm --cached "
              + name
              + "', add it to .gitignore, and replace the secrets that were in it");
    } else if (!tree.ignores(path)) {
      faults.warning(
          Location.of(name),
          "is not ignored by git, so a commit may take its secrets along",
          "add the line /" + name + " to .gitignore");
    }
  }

  /** What this check finds, as a text that changes with it. */
  static String findings(Path applicationProperties) {
    Path path = applicationProperties.resolveSibling(EnvFile.NAME);
    Faults faults = new Faults();
    new EnvFileRules(path, EnvFile.NAME, faults).check(EnvFile.read(path));
    return faults.sorted().toString();
  }
}
