package hub.db;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.resource.LoadableResource;

/** Shows Flyway the files that were chosen for this database, and no others. */
final class MigrationFiles implements ResourceProvider {
  private final List<LoadableResource> all;

  MigrationFiles(List<MigrationFolder.File> files) {
    this.all = files.stream().map(file -> (LoadableResource) new Script(file.path())).toList();
  }

  @Override
  public LoadableResource getResource(String name) {
    return all.stream()
        .filter(script -> script.getRelativePath().equals(name))
        .findFirst()
        .orElse(null);
  }

  @Override
  public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
    return all.stream().filter(script -> script.getFilename().startsWith(prefix)).toList();
  }

  private static final class Script extends LoadableResource {
    private final Path path;

    Script(Path path) {
      this.path = path;
    }

    @Override
    public Reader read() {
      try {
        return Files.newBufferedReader(path);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public String getAbsolutePath() {
      return path.toAbsolutePath().toString();
    }

    @Override
    public String getAbsolutePathOnDisk() {
      return getAbsolutePath();
    }

    @Override
    public String getFilename() {
      return path.getFileName().toString();
    }

    @Override
    public String getRelativePath() {
      return path.toString();
    }
  }
}
