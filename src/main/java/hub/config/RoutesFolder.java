package hub.config;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the routes lie, as {@code camel.main.routesIncludePattern} says. */
public final class RoutesFolder {
  private static final Pattern WHOLE_FOLDER =
      Pattern.compile("file:(.+?)/\\*\\*/\\*\\.camel\\.yaml");

  private RoutesFolder() {}

  /** The folder; empty when single files are loaded, as in tests. */
  public static Optional<Path> of(Settings settings) {
    Matcher folder =
        WHOLE_FOLDER.matcher(settings.named("camel.main.routesIncludePattern").orElse(""));
    return folder.matches() ? Optional.of(Path.of(folder.group(1))) : Optional.empty();
  }
}
