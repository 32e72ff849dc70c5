package hub.provider.files;

import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.component.aws2.s3.AWS2S3Constants;

/**
 * Reads from the request's path which file it is about, into the variable {@code fileKey}. Routes
 * give it to {@code aws2-s3:} as {@code keyName: ${variable.fileKey}}: a key in the component's own
 * header would be run as an expression where it has a <code>${</code> in it. Thread-safe.
 */
final class NameFile implements Processor {
  private static final String VARIABLE = "fileKey";

  @Override
  public void process(Exchange exchange) {
    FileKey key = note(exchange);
    // headObject alone reads its key here, and takes it as it is.
    exchange.getMessage().setHeader(AWS2S3Constants.KEY, key.text());
  }

  static FileKey note(Exchange exchange) {
    FileKey key =
        FileKey.ofUri(exchange.getMessage().getHeader(Exchange.HTTP_URI, "", String.class));
    exchange.setVariable(VARIABLE, key.text());
    return key;
  }

  static FileKey of(Exchange exchange) {
    return new FileKey(exchange.getVariable(VARIABLE, String.class));
  }
}
