package hub.testing;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import hub.db.Database;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.support.LifecycleStrategySupport;

/**
 * Lets a hub kill itself, as SIGKILL would, at a commit to its database. Works as a bean of the
 * hub's process, whose connections it wraps. A statement outside of a transaction is a commit by
 * itself. Thread-safe.
 */
public final class KillPoints implements CamelContextAware {
  /** What a killed process ends with. */
  public static final int EXIT_CODE = 137;

  private static final Duration DEATH = Duration.ofSeconds(5);

  private static final String ROUTE =
      """
      - route:
          id: arm-kill-point
          description: Takes the point at which the process is to end.
          from:
            uri: platform-http:/api/kill-point
            parameters:
              httpMethodRestrict: POST
            steps:
              - bean:
                  ref: killPoints
                  method: arm
      """;

  /** On which side of the commit. */
  public enum Side {
    BEFORE,
    AFTER
  }

  /**
   * @param statement part of a statement that the transaction has run
   * @param left commits until then
   */
  private record Point(Side side, String statement, AtomicInteger left) {}

  private volatile Optional<Point> armed = Optional.empty();
  private CamelContext context;

  /** A hub whose points can be armed. */
  public static HubProcess.Builder in(HubProcess.Builder hub) {
    return hub.bean("killPoints", KillPoints.class).route("arm-kill-point", ROUTE);
  }

  /**
   * Ends the process of a running hub at a commit.
   *
   * @param nth which one of those of transactions with {@code statement}, from 1, from now on
   * @param statement part of the text of a statement
   */
  public static void arm(HubProcess hub, int nth, Side side, String statement) throws IOException {
    String point = side + " " + nth + " " + statement;
    int status;
    try {
      status = hub.send("POST", "/api/kill-point", point).statusCode();
    } catch (IOException e) {
      // Others commit meanwhile: it may have died before it could answer.
      if (hub.waitFor(DEATH)) {
        return;
      }
      throw e;
    }
    if (status >= 300) {
      throw new IllegalStateException(point + " was answered " + status + "\n" + hub.output());
    }
  }

  /** Called by the route. */
  public void arm(String point) {
    String[] parts = point.split(" ", 3);
    armed =
        Optional.of(
            new Point(
                Side.valueOf(parts[0]), parts[2], new AtomicInteger(Integer.parseInt(parts[1]))));
  }

  @Override
  public void setCamelContext(CamelContext camel) {
    context = camel;
    camel.addLifecycleStrategy(
        new LifecycleStrategySupport() {
          @Override
          public void onContextStarting(CamelContext starting) {
            wrap(starting.getRegistry().lookupByNameAndType(Database.BEAN, Database.class));
          }
        });
  }

  @Override
  public CamelContext getCamelContext() {
    return context;
  }

  /** The pool has no public way to another source once it is open. */
  private void wrap(Database database) {
    HikariPool pool = (HikariPool) ((HikariDataSource) database.dataSource()).getHikariPoolMXBean();
    DataSource real = pool.getUnwrappedDataSource();
    try {
      Field source = HikariPool.class.getSuperclass().getDeclaredField("dataSource");
      source.setAccessible(true);
      source.set(
          pool,
          Proxies.of(
              DataSource.class,
              (method, arguments) ->
                  method.getName().equals("getConnection")
                      ? new Watched(real.getConnection()).proxy()
                      : Proxies.call(real, method, arguments)));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
    pool.softEvictConnections();
  }

  private interface Call {
    Object run() throws Throwable;
  }

  private static Object commit(Optional<Point> reached, Call commit) throws Throwable {
    Optional<Point> last = reached.filter(point -> point.left().decrementAndGet() == 0);
    last.filter(point -> point.side() == Side.BEFORE).ifPresent(point -> kill());
    Object result = commit.run();
    last.ifPresent(point -> kill());
    return result;
  }

  private static void kill() {
    Runtime.getRuntime().halt(EXIT_CODE);
  }

  /** One connection. */
  private final class Watched {
    private final Connection real;

    /** The point whose statement the open transaction has run. */
    private Optional<Point> reached = Optional.empty();

    Watched(Connection real) {
      this.real = real;
    }

    Connection proxy() {
      return Proxies.of(Connection.class, this::answer);
    }

    private Object answer(Method method, Object[] arguments) throws Throwable {
      Call call = () -> Proxies.call(real, method, arguments);
      return switch (method.getName()) {
        case "prepareStatement" ->
            watch(PreparedStatement.class, (Statement) call.run(), (String) arguments[0]);
        case "createStatement" -> watch(Statement.class, (Statement) call.run(), "");
        case "commit" -> {
          Optional<Point> point = reached;
          reached = Optional.empty();
          yield commit(point, call);
        }
        case "rollback" -> {
          // Back to a savepoint keeps the rest of the transaction.
          if (arguments == null) {
            reached = Optional.empty();
          }
          yield call.run();
        }
        default -> call.run();
      };
    }

    private Object watch(Class<? extends Statement> type, Statement statement, String prepared) {
      return Proxies.of(
          type,
          (method, arguments) -> {
            Call call = () -> Proxies.call(statement, method, arguments);
            if (!method.getName().startsWith("execute")) {
              return call.run();
            }
            String sql = arguments == null ? prepared : (String) arguments[0];
            return execute(sql, call);
          });
    }

    private Object execute(String sql, Call call) throws Throwable {
      Optional<Point> point = armed.filter(one -> sql.contains(one.statement()));
      if (real.getAutoCommit()) {
        return commit(point, call);
      }
      Object result = call.run();
      if (point.isPresent()) {
        reached = point;
      }
      return result;
    }
  }
}
