package hub.provider.files;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.aws2.s3.AWS2S3Constants;

/**
 * Sets the variable {@code fileKey} from the request's path. Routes pass it to {@code aws2-s3:} as
 * {@code keyName: ${variable.fileKey}}, because the component evaluates a key in its own header as
 * an expression when it contains <code>${</code>. Thread-safe.
 */
final class ReadFileKey implements Processor {
  private static final String VARIABLE = "fileKey";

  @Override
  public void process(Exchange exchange) {
    FileKey key = setVariable(exchange);
    // Only headObject reads its key here, and it does not evaluate it.
    exchange.getMessage().setHeader(AWS2S3Constants.KEY, key.text());
  }

  static FileKey setVariable(Exchange exchange) {
    FileKey key =
        FileKey.ofUri(exchange.getMessage().getHeader(Exchange.HTTP_URI, "", String.class));
    exchange.setVariable(VARIABLE, key.text());
    return key;
  }

  static FileKey of(Exchange exchange) {
    return new FileKey(exchange.getVariable(VARIABLE, String.class));
  }
}
