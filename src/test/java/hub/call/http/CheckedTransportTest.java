package hub.call.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import hub.call.policy.ResponseTooLargeException;
import hub.config.Networks;
import hub.testing.Certificate;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests to hosts that a message says. 127.0.0.2 stands for an address of the internet. */
@Timeout(30)
class CheckedTransportTest {
  private static final String PUBLIC = "127.0.0.2";
  private static final Duration SOON = Duration.ofSeconds(10);

  /** What the name server answers, one after the other; the last one again and again. */
  private final Map<String, Queue<String>> names = new ConcurrentHashMap<>();

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<String> hosts = new CopyOnWriteArrayList<>();
  private final List<String> bodies = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpClientOptions options = new HttpClientOptions();

  private HttpServer server;
  private BoundedHttpClient client;

  @BeforeEach
  void open() throws IOException {
    server = HttpServer.create(new InetSocketAddress(PUBLIC, 0), 0);
    serve(server, this::echo);
    client = client("127.0.0.2/32");
  }

  private void serve(HttpServer one, Handler handler) {
    one.setExecutor(threads);
    one.createContext(
        "/",
        exchange -> {
          try (exchange) {
            hosts.add(exchange.getRequestHeaders().getFirst("Host"));
            bodies.add(
                exchange.getRequestMethod()
                    + " "
                    + exchange.getRequestURI()
                    + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            handler.answer(exchange);
          }
        });
    one.start();
  }

  private interface Handler {
    void answer(HttpExchange exchange) throws IOException;
  }

  private void echo(HttpExchange exchange) throws IOException {
    byte[] body = "hello".getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/plain");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }

  private BoundedHttpClient client(String allowed) {
    PublicAddresses addresses = new PublicAddresses(Networks.parse(allowed), this::resolve);
    return new BoundedHttpClient(
        new CheckedTransport(addresses, Duration.ofSeconds(2), options),
        1_000,
        Clock.systemUTC(),
        Optional.empty());
  }

  private InetAddress[] resolve(String host) throws UnknownHostException {
    asked.add(host);
    Queue<String> answers = names.get(host);
    if (answers == null) {
      return InetAddress.getAllByName(host); // of digits
    }
    String answer = answers.size() > 1 ? answers.remove() : answers.peek();
    String[] all = answer.split(",");
    InetAddress[] found = new InetAddress[all.length];
    for (int i = 0; i < all.length; i++) {
      found[i] = InetAddress.getByAddress(host, InetAddress.getByName(all[i].strip()).getAddress());
    }
    return found;
  }

  private void name(String host, String... answers) {
    names.put(host, new ArrayDeque<>(List.of(answers)));
  }

  @AfterEach
  void close() {
    client.close();
    server.stop(0);
    threads.shutdownNow();
  }

  private ProviderResponse get(String host, String path) throws IOException {
    return get("http://" + host + ":" + server.getAddress().getPort() + path);
  }

  private ProviderResponse get(String url) throws IOException {
    return client.send(HttpRequest.newBuilder(URI.create(url)), SOON);
  }

  @Test
  void the_address_that_was_checked_is_the_one_that_is_called() throws IOException {
    name("tenant.example", PUBLIC);
    ProviderResponse response =
        client.send(
            HttpRequest.newBuilder(
                    URI.create(
                        "http://tenant.example:"
                            + server.getAddress().getPort()
                            + "/hooks/a%2Fb?x=1&y=%20"))
                .POST(HttpRequest.BodyPublishers.ofString("{\"n\":1}")),
            SOON);
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.text()).isEqualTo("hello");
    assertThat(response.headers().firstValue("content-type")).contains("text/plain");
    assertThat(hosts).containsExactly("tenant.example:" + server.getAddress().getPort());
    assertThat(bodies).containsExactly("POST /hooks/a%2Fb?x=1&y=%20 {\"n\":1}");
    assertThat(asked).as("looked up once").containsExactly("tenant.example");
  }

  @Test
  void a_name_that_changes_to_loopback_is_refused_at_the_next_request() throws IOException {
    name("tenant.example", PUBLIC, "127.0.0.1");
    assertThat(get("tenant.example", "/").status()).isEqualTo(200);
    assertThatThrownBy(() -> get("tenant.example", "/"))
        .hasMessageContaining("not one of the internet")
        .hasMessageContaining("hub.forward.private-networks");
    assertThat(hosts).as("nothing more arrives").hasSize(1);
  }

  @Test
  void a_name_with_one_address_inside_is_refused() {
    name("tenant.example", PUBLIC + ",10.0.0.7");
    assertThatThrownBy(() -> get("tenant.example", "/"))
        .hasMessageContaining("not one of the internet");
    assertThat(hosts).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "2130706433",
        "0.0.0.0",
        "169.254.169.254",
        "10.1.2.3",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:a9fe:a9fe]",
        "[64:ff9b::7f00:1]",
        "[fd00::1]",
        "[fe80::1]",
        "224.0.0.1",
        "[ff02::1]"
      })
  void what_is_no_address_of_the_internet_is_refused(String host) {
    assertThatThrownBy(() -> get("http://" + host + ":9/"))
        .hasMessageContaining("not one of the internet");
  }

  @Test
  void a_network_that_is_named_may_be_called() throws IOException {
    HttpServer inside = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    serve(inside, this::echo);
    name("crm.internal", "127.0.0.1");
    client.close();
    client = client("127.0.0.0/24");
    assertThat(get("http://crm.internal:" + inside.getAddress().getPort() + "/").status())
        .isEqualTo(200);
    inside.stop(0);
  }

  @Test
  void a_redirect_is_an_answer_and_not_followed() throws IOException {
    server.removeContext("/");
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Location", "http://127.0.0.1/");
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    name("tenant.example", PUBLIC);
    assertThat(get("tenant.example", "/").status()).isEqualTo(302);
  }

  @Test
  void a_large_answer_is_refused_or_cut_and_a_late_one_is_late() throws IOException {
    server.createContext(
        "/large",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(200, 0);
            byte[] part = new byte[64 * 1024];
            for (int i = 0; i < 800; i++) {
              exchange.getResponseBody().write(part);
            }
          } catch (IOException closed) {
            bodies.add("closed");
          }
        });
    server.createContext(
        "/late",
        exchange -> {
          exchange.sendResponseHeaders(200, 5);
          exchange.getResponseBody().write('h');
          exchange.getResponseBody().flush();
        });
    name("tenant.example", PUBLIC);
    assertThatThrownBy(() -> get("tenant.example", "/large"))
        .isInstanceOf(ResponseTooLargeException.class);
    HttpRequest.Builder large =
        HttpRequest.newBuilder(
            URI.create("http://tenant.example:" + server.getAddress().getPort() + "/large"));
    assertThat(client.sendForStatus(large, SOON).status()).isEqualTo(200);
    HttpRequest.Builder late =
        HttpRequest.newBuilder(
            URI.create("http://tenant.example:" + server.getAddress().getPort() + "/late"));
    assertThatThrownBy(() -> client.send(late, Duration.ofMillis(300)))
        .isInstanceOf(HttpTimeoutException.class);
  }

  @Test
  void tls_asks_for_the_name_and_takes_its_certificate_alone() throws Exception {
    Certificate certificate = Certificate.of("tenant.example");
    options.setTrustOptions(TrustOptions.wrap(trusting(certificate)));
    HttpsServer secure = HttpsServer.create(new InetSocketAddress(PUBLIC, 0), 0);
    secure.setHttpsConfigurator(new HttpsConfigurator(context(certificate)));
    List<String> wanted = new CopyOnWriteArrayList<>();
    serve(
        secure,
        exchange -> {
          ExtendedSSLSession session =
              (ExtendedSSLSession) ((HttpsExchange) exchange).getSSLSession();
          session
              .getRequestedServerNames()
              .forEach(name -> wanted.add(((SNIHostName) name).getAsciiName()));
          echo(exchange);
        });
    name("tenant.example", PUBLIC);
    name("other.example", PUBLIC);
    client.close();
    client = client("127.0.0.2/32");
    int port = secure.getAddress().getPort();
    assertThat(get("https://tenant.example:" + port + "/").text()).isEqualTo("hello");
    assertThat(wanted).containsExactly("tenant.example");
    assertThat(hosts).containsExactly("tenant.example:" + port);
    assertThatThrownBy(() -> get("https://other.example:" + port + "/"))
        .isInstanceOf(SSLException.class);
    assertThat(hosts).hasSize(1);
    secure.stop(0);
  }

  private static SSLContext context(Certificate certificate)
      throws GeneralSecurityException, IOException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(certificate.keystore())) {
      keys.load(in, Certificate.PASSWORD.toCharArray());
    }
    KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
    factory.init(keys, Certificate.PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(factory.getKeyManagers(), null, null);
    return context;
  }

  private static TrustManagerFactory trusting(Certificate certificate)
      throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", certificate.certificate());
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(trusted);
    return factory;
  }
}
