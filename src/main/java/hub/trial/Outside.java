package hub.trial;

import hub.inbox.camel.InboxEndpoint;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.MultipleConsumersSupport;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.EndpointStrategy;
import org.apache.camel.support.DefaultConsumer;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultProducer;
import org.apache.camel.util.URISupport;

/**
 * Puts a stand-in in the place of every endpoint that would leave the process, or would start a
 * route by itself. Thread-safe.
 */
final class Outside implements EndpointStrategy {
  /** How long a batch waits for more events. */
  private static final int BATCH_MILLIS = 20;

  /** Camel calls some of them remote; they stay within the process or the test's database. */
  private static final Set<String> INSIDE =
      Set.of("inbox", "sql", "jdbc", "direct", "seda", "kamelet", "platform-http", "rest", "log");

  /** They send through the hub's HTTP client, where {@link StubbedHttp} answers. */
  private static final Set<String> OVER_HTTP = Set.of("stripe");

  /** Camel calls them local; they act on the machine, or run by themselves. */
  private static final Set<String> LEAVING =
      Set.of("file", "exec", "timer", "scheduler", "quartz", "cron", "ssh", "docker");

  /** Camel calls them local; what they do is up to somebody's code, or another route. */
  private static final Set<String> CODE =
      Set.of("bean", "class", "controlbus", "disruptor", "ref", "stub");

  private final Stages stages;

  Outside(Stages stages) {
    this.stages = stages;
  }

  @Override
  public Endpoint registerEndpoint(String uri, Endpoint endpoint) {
    if (endpoint instanceof InboxEndpoint inbox) {
      inbox.setBatchMillis(Math.min(inbox.getBatchMillis(), BATCH_MILLIS));
    }
    return isLeaving(scheme(uri), endpoint) ? new StandIn(endpoint, stages) : endpoint;
  }

  private static boolean isLeaving(String scheme, Endpoint endpoint) {
    return !INSIDE.contains(scheme)
        && !OVER_HTTP.contains(scheme)
        && (LEAVING.contains(scheme) || endpoint.isRemote());
  }

  /** Whether what a step sends to {@code uri} is answered there, so that the step itself runs. */
  static boolean isAnswered(CamelContext context, String uri) {
    String scheme = scheme(uri);
    if (OVER_HTTP.contains(scheme) || scheme.equals("kamelet")) {
      return true;
    }
    if (INSIDE.contains(scheme)) {
      return false;
    }
    if (LEAVING.contains(scheme)) {
      return true;
    }
    try {
      return context.getEndpoint(uri) instanceof StandIn;
    } catch (RuntimeException e) {
      // The route reports it when it starts.
      return false;
    }
  }

  /** Whether what a step sends to {@code uri} comes back changed, and nothing else happens. */
  static boolean changesMessageAlone(CamelContext context, String uri) {
    String scheme = scheme(uri);
    if (scheme.equals("log") || INSIDE.contains(scheme) || CODE.contains(scheme)) {
      return scheme.equals("log");
    }
    try {
      return !isAnswered(context, uri) && !context.getEndpoint(uri).isRemote();
    } catch (RuntimeException e) {
      // The route reports it when it starts.
      return false;
    }
  }

  private static String scheme(String uri) {
    return uri.substring(0, Math.max(0, uri.indexOf(':')));
  }

  private static final class StandIn extends DefaultEndpoint implements MultipleConsumersSupport {
    private final Stages stages;

    StandIn(Endpoint real, Stages stages) {
      super(real.getEndpointUri(), null);
      setCamelContext(real.getCamelContext());
      this.stages = stages;
    }

    @Override
    public boolean isMultipleConsumersSupported() {
      return true;
    }

    @Override
    public Producer createProducer() {
      return new DefaultProducer(this) {
        @Override
        public void process(Exchange exchange) throws Exception {
          String address = URISupport.sanitizeUri(getEndpointUri());
          OutsideCalls.send(stages, exchange, address);
        }
      };
    }

    /** Starts nothing: a test starts the route. */
    @Override
    public Consumer createConsumer(Processor processor) {
      return new DefaultConsumer(this, processor);
    }
  }
}
