package hub.provider.files;

import hub.call.http.BoundedInputStream;
import java.io.InputStream;
import java.util.Optional;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;

/** Limits the size of responses that the SDK reads into memory. */
final class LimitResponseSize implements ExecutionInterceptor {
  private final int maxBytes;

  LimitResponseSize(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  public Optional<InputStream> modifyHttpResponseContent(
      Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
    boolean file =
        context.request() instanceof GetObjectRequest && context.httpResponse().isSuccessful();
    return file
        ? context.responseBody()
        : context.responseBody().map(body -> new BoundedInputStream(body, maxBytes));
  }
}
