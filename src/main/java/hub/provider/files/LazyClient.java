package hub.provider.files;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Supplier;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A client that is made at its first call, so that the hub starts without storage, and without
 * waiting for the SDK. Thread-safe.
 */
final class LazyClient {
  private final Supplier<S3Client> maker;
  private S3Client made;

  private LazyClient(Supplier<S3Client> maker) {
    this.maker = maker;
  }

  static S3Client of(Supplier<S3Client> maker) {
    LazyClient lazy = new LazyClient(maker);
    return (S3Client)
        Proxy.newProxyInstance(
            S3Client.class.getClassLoader(),
            new Class<?>[] {S3Client.class},
            (proxy, method, arguments) -> {
              if (method.getDeclaringClass() == Object.class) {
                return switch (method.getName()) {
                  case "equals" -> proxy == arguments[0];
                  case "hashCode" -> System.identityHashCode(proxy);
                  default -> "S3Client, made when it is needed";
                };
              }
              if (method.getName().equals("close")) {
                lazy.close();
                return null;
              }
              try {
                return method.invoke(lazy.client(), arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private synchronized S3Client client() {
    if (made == null) {
      made = maker.get();
    }
    return made;
  }

  private synchronized void close() {
    if (made != null) {
      made.close();
      made = null;
    }
  }
}
