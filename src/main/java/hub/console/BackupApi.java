package hub.console;

import hub.db.Backup;
import hub.db.StoreRefusedException;
import hub.http.auth.Operator;
import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code POST /api/admin/backup}: makes a backup of the embedded database and answers with it.
 * {@code {"keys":true}} has the keys of the data folder go along.
 */
public final class BackupApi extends JsonRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(BackupApi.class);

  private final Optional<Backup> backup;

  /**
   * @param backup empty when the database is not in the data folder
   */
  public BackupApi(Optional<Backup> backup) {
    this.backup = backup;
  }

  @Override
  public void configure() {
    from("platform-http:" + BASE + "/backup?useBodyHandler=false&httpMethodRestrict=POST")
        .errorHandler(noErrorHandler())
        .routeId("admin-make-backup")
        .routeDescription("Makes a backup of the embedded database.")
        // The file may be larger than the memory.
        .streamCache("false")
        .process(this::answer);
  }

  private void answer(Exchange exchange) throws IOException {
    noParameters(exchange);
    byte[] body = exchange.getMessage().getBody(byte[].class);
    RequestFields fields = RequestFields.ofJson(body, Set.of(), Set.of("keys"));
    fields.refuseFaults();
    boolean keys = fields.flag("keys");
    Path file = write(operator(exchange), keys);
    exchange.getMessage().removeHeaders("*");
    exchange.getMessage().setHeader("Cache-Control", "no-store");
    exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/zip");
    exchange.getMessage().setHeader(Exchange.CONTENT_LENGTH, Files.size(file));
    exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 200);
    exchange.getMessage().setBody(Files.newInputStream(file, StandardOpenOption.DELETE_ON_CLOSE));
  }

  private Path write(Operator operator, boolean keys) throws IOException {
    try {
      Path file = backup.orElseThrow(BackupApi::notHere).write(keys);
      LOG.info(
          "backup=made operator={} name={} keys={} bytes={}",
          operator.id(),
          operator.name(),
          keys,
          Files.size(file));
      return file;
    } catch (StoreRefusedException e) {
      LOG.warn("backup=refused operator={} detail=\"{}\"", operator.id(), e.getMessage());
      throw new ProblemException(Problem.of(409, "backup-refused", e.getMessage() + "."));
    }
  }

  private static ProblemException notHere() {
    return new ProblemException(
        Problem.of(
            409,
            "backup-refused",
            "The database of this hub is a server's: back it up by that server's tools. For PostgreSQL, integration-master backup FILE in the hub's folder prints the command."));
  }
}
