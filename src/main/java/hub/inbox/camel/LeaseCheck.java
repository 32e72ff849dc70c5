package hub.inbox.camel;

import hub.inbox.engine.Lease;
import hub.inbox.engine.LeaseExpiredException;
import java.sql.SQLTransientConnectionException;
import java.util.Locale;
import java.util.Set;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.model.EnrichDefinition;
import org.apache.camel.model.PollEnrichDefinition;
import org.apache.camel.model.SendDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/**
 * Checks the lease before each step of a handler that sends to an endpoint outside of the routes:
 * SQL, HTTP, an append, a queue. Calls under the call policy and {@code idempotentConsumer} check
 * it themselves. Stateless.
 */
public final class LeaseCheck implements InterceptStrategy {
  /** Not checked: they lead to steps that are checked, or have no effect outside of the process. */
  private static final Set<String> INSIDE =
      Set.of("direct", "kamelet", "log", "language", "mock", "seda");

  private static final Set<String> SQL = Set.of("sql", "sql-stored", "jdbc");
  private static final int TRIES = 5;
  private static final int MAX_CAUSES = 20;

  @Override
  public Processor wrapProcessorInInterceptors(
      CamelContext context, NamedNode definition, Processor target, Processor next) {
    String scheme = scheme(definition);
    if (INSIDE.contains(scheme)) {
      // Converted, because Camel warns of processors that are not asynchronous.
      return AsyncProcessorConverterHelper.convert(target);
    }
    if (SQL.contains(scheme)) {
      return sql(target);
    }
    boolean append = scheme.equals("inbox");
    return new DelegateAsyncProcessor(target) {
      @Override
      public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
          if (append) {
            Lease.requireWithStore(exchange);
          } else {
            Lease.require(exchange);
          }
        } catch (LeaseExpiredException e) {
          exchange.setException(e);
          callback.done(true);
          return true;
        }
        return super.process(exchange, callback);
      }
    };
  }

  /** Retries a statement that got no connection: it has done nothing yet. */
  private static Processor sql(Processor target) {
    return new AsyncProcessorSupport() {
      @Override
      public boolean process(Exchange exchange, AsyncCallback callback) {
        try {
          runWithStore(exchange, target);
        } catch (Exception e) {
          exchange.setException(e);
        }
        callback.done(true);
        return true;
      }
    };
  }

  private static void runWithStore(Exchange exchange, Processor target) throws Exception {
    for (int attempt = 1; attempt <= TRIES; attempt++) {
      Lease.requireWithStore(exchange);
      exchange.setException(null);
      target.process(exchange);
      if (!foundNoConnection(exchange.getException()) || !Lease.awaitStore(exchange)) {
        return;
      }
    }
  }

  private static boolean foundNoConnection(Throwable error) {
    int depth = 0;
    for (Throwable t = error; t != null && depth < MAX_CAUSES; t = t.getCause(), depth++) {
      if (t instanceof SQLTransientConnectionException) {
        return true;
      }
    }
    return false;
  }

  /**
   * The scheme of the endpoint that a step sends to; {@code direct} for a step that sends nothing.
   */
  private static String scheme(NamedNode definition) {
    String uri;
    if (definition instanceof SendDefinition<?> send) {
      uri = send.getEndpointUri();
    } else if (definition instanceof ToDynamicDefinition send) {
      uri = send.getUri();
    } else if (definition instanceof EnrichDefinition
        || definition instanceof PollEnrichDefinition) {
      return "";
    } else {
      return "direct";
    }
    int end = uri == null ? -1 : uri.indexOf(':');
    return end < 0 ? "" : uri.substring(0, end).toLowerCase(Locale.ROOT);
  }
}
