package hub.provider.stripe;

import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.notFound;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import com.stripe.exception.ApiException;
import com.stripe.exception.InvalidRequestException;
import com.stripe.model.BalanceTransaction;
import com.stripe.model.Customer;
import com.stripe.model.StripeCollection;
import com.stripe.model.StripeObject;
import hub.call.http.BoundedHttpClient;
import hub.config.Settings;
import hub.http.problem.ProblemException;
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.ResolveEndpointFailedException;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The component {@code stripe:}, operation by operation and method by method. */
class StripeComponentTest {
  private static final StripeApi STRIPE = new StripeApi();
  private static final DefaultCamelContext CAMEL = new DefaultCamelContext();
  private static final Map<String, String> SET = new HashMap<>();

  private static ProducerTemplate producer;

  @BeforeAll
  static void start() {
    SET.put("STRIPE_SECRET_KEY", StripeApi.KEY);
    SET.put("STRIPE_API_BASE", STRIPE.address() + "/");
    SET.put("OTHER_KEY", "sk_test_other");
    CAMEL
        .getRegistry()
        .bind(Settings.BEAN, new Settings(name -> Optional.ofNullable(SET.get(name))));
    CAMEL
        .getRegistry()
        .bind(
            BoundedHttpClient.BEAN,
            new BoundedHttpClient(Duration.ofSeconds(5), 1_000_000, Clock.systemUTC()));
    CAMEL.start();
    producer = CAMEL.createProducerTemplate();
  }

  @AfterAll
  static void stop() {
    CAMEL.stop();
    STRIPE.close();
  }

  @BeforeEach
  void forget() {
    STRIPE.server.resetAll();
  }

  private static StripeObject call(String uri, Object body, Map<String, Object> headers) {
    Exchange exchange = new DefaultExchange(CAMEL);
    exchange.getMessage().setBody(body);
    exchange.getMessage().setHeaders(new HashMap<>(headers));
    Exchange done = producer.send(uri, exchange);
    if (done.getException() != null) {
      throw done.getException() instanceof RuntimeException known
          ? known
          : new IllegalStateException(done.getException());
    }
    return done.getMessage().getBody(StripeObject.class);
  }

  private static Map<String, Object> headers(StripeMethod method) {
    return Map.of(
        StripeHeaders.METHOD,
        method.text(),
        StripeHeaders.OBJECT_ID,
        method.needsId() ? "x_1" : "");
  }

  private static Stream<Arguments> pairs() {
    return Arrays.stream(StripeOperation.values())
        .flatMap(
            operation ->
                operation.methods().stream().map(method -> Arguments.of(operation, method)));
  }

  /** Stripe's name for one such object. */
  private static String kind(StripeOperation operation) {
    return operation
        .text()
        .replaceAll("([A-Z])", "_$1")
        .toLowerCase(java.util.Locale.ROOT)
        .replaceFirst("s$", "");
  }

  /** The address of each method, from Stripe's reference. */
  private static String documented(StripeOperation operation, StripeMethod method) {
    String path = "/v1/" + kind(operation) + "s";
    return switch (method) {
      case CREATE -> "POST " + path;
      case LIST -> "GET " + path;
      case RETRIEVE -> "GET " + path + "/x_1";
      case UPDATE -> "POST " + path + "/x_1";
      case DELETE -> "DELETE " + path + "/x_1";
      case CAPTURE -> "POST " + path + "/x_1/capture";
      case CANCEL ->
          operation == StripeOperation.SUBSCRIPTIONS
              ? "DELETE " + path + "/x_1"
              : "POST " + path + "/x_1/cancel";
    };
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void every_method_is_one_request_to_where_stripe_documents_it(
      StripeOperation operation, StripeMethod method) {
    boolean list = method == StripeMethod.LIST;
    String object = "{\"id\":\"x_1\",\"object\":\"" + kind(operation) + "\"}";
    STRIPE.server.stubFor(
        any(anyUrl())
            .willReturn(
                okJson(
                    list
                        ? "{\"object\":\"list\",\"data\":[" + object + "],\"has_more\":false}"
                        : object)));

    StripeObject result =
        call("stripe:" + operation.text(), Map.of("metadata", Map.of("a", "b")), headers(method));

    LoggedRequest request = STRIPE.onlyRequest();
    assertThat(request.getMethod() + " " + request.getUrl().replaceFirst("\\?.*", ""))
        .isEqualTo(documented(operation, method));
    Map<String, String> sent =
        request.getMethod().getName().equals("POST")
            ? StripeApi.form(request)
            : StripeApi.query(request);
    assertThat(sent).isEqualTo(method.takesBody() ? Map.of("metadata[a]", "b") : Map.of());
    assertThat(request.containsHeader("Idempotency-Key"))
        .as("a POST carries a key, nothing else takes one")
        .isEqualTo(request.getMethod().getName().equals("POST"));
    String type = operation.text().replaceFirst("s$", "");
    assertThat(result.getClass().getSimpleName())
        .isEqualToIgnoringCase(list ? "StripeCollection" : type);
    if (result instanceof StripeCollection<?> all) {
      assertThat(all.getData().get(0).getClass().getSimpleName()).isEqualToIgnoringCase(type);
    }
  }

  @Test
  void the_operations_and_methods_are_those_of_camel_stripe() {
    Map<String, String> offered =
        Arrays.stream(StripeOperation.values())
            .collect(
                Collectors.toMap(
                    StripeOperation::text,
                    operation ->
                        operation.methods().stream()
                            .map(StripeMethod::text)
                            .collect(Collectors.joining(" "))));

    String usual = "create retrieve update list";
    assertThat(offered)
        .isEqualTo(
            Map.of(
                "charges",
                usual + " capture",
                "customers",
                usual + " delete",
                "paymentIntents",
                usual + " cancel",
                "paymentMethods",
                usual,
                "refunds",
                usual,
                "subscriptions",
                usual + " cancel",
                "invoices",
                usual,
                "products",
                usual + " delete",
                "prices",
                usual,
                "balanceTransactions",
                "retrieve list"));
  }

  @Test
  void what_an_operation_does_not_have_is_refused_before_stripe_is_asked() {
    assertThatThrownBy(() -> call("stripe:balanceTransactions", null, headers(StripeMethod.CREATE)))
        .hasMessageContaining("retrieve, list");
    assertThatThrownBy(
            () -> call("stripe:customers", null, Map.of(StripeHeaders.METHOD, "destroy")))
        .hasMessageContaining("there is no method 'destroy'");
    assertThatThrownBy(
            () -> call("stripe:customers", null, Map.of(StripeHeaders.METHOD, "retrieve")))
        .hasMessageContaining(StripeHeaders.OBJECT_ID);
    assertThatThrownBy(
            () -> call("stripe:customers", null, Map.of(StripeHeaders.OPERATION, "people")))
        .hasMessageContaining("there is no operation 'people'");
    assertThat(STRIPE.server.getAllServeEvents()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "stripe:people",
        "stripe:customers?apiKy=X",
        "stripe:customers?maxObjects=0",
        "stripe:customers?apiKey=sk_test_123",
        "stripe:customers?apiKey=rk_live_123"
      })
  void a_wrong_address_is_refused_at_the_start_without_the_key(String uri) {
    assertThatThrownBy(() -> CAMEL.getEndpoint(uri).createProducer())
        .satisfiesAnyOf(
            error -> assertThat(error).isInstanceOf(ResolveEndpointFailedException.class),
            error -> assertThat(error).isInstanceOf(IllegalArgumentException.class));
  }

  @ParameterizedTest
  @ValueSource(strings = {"..", "../x", "cus_1/../../accounts", "a\nb"})
  void an_id_that_climbs_is_refused_before_stripe_is_asked(String id) {
    Map<String, Object> headers =
        Map.of(StripeHeaders.METHOD, "retrieve", StripeHeaders.OBJECT_ID, id);

    assertThatThrownBy(() -> call("stripe:customers", null, headers))
        .isInstanceOfSatisfying(
            ProblemException.class,
            refused -> assertThat(refused.problem().status()).isEqualTo(400));
    assertThat(STRIPE.server.getAllServeEvents()).isEmpty();
  }

  @Test
  void a_header_takes_the_operations_place() {
    STRIPE.server.stubFor(
        any(anyUrl()).willReturn(okJson("{\"id\":\"txn_1\",\"object\":\"balance_transaction\"}")));

    StripeObject result =
        call(
            "stripe:customers",
            null,
            Map.of(
                StripeHeaders.OPERATION, "balanceTransactions",
                StripeHeaders.METHOD, "retrieve",
                StripeHeaders.OBJECT_ID, "txn/1 ?#é"));

    assertThat(result).isInstanceOf(BalanceTransaction.class);
    assertThat(STRIPE.onlyRequest().getUrl())
        .isEqualTo("/v1/balance_transactions/txn%2F1%20%3F%23%C3%A9");
  }

  private static Stream<Object> bodies() {
    String json =
        "{\"name\":\"Zoë\",\"tags\":[{\"a\":1000},{\"a\":true}],\"none\":null,\"e\":\"\"}";
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    Map<String, Object> map = new HashMap<>();
    map.put("name", "Zoë");
    map.put("tags", List.of(Map.of("a", new BigDecimal("1E+3")), Map.of("a", true)));
    map.put("none", null);
    map.put("e", "");
    return Stream.of(json, bytes, new ByteArrayInputStream(bytes), map);
  }

  @ParameterizedTest
  @MethodSource("bodies")
  void a_map_and_json_of_any_kind_say_the_same(Object body) {
    STRIPE.server.stubFor(any(anyUrl()).willReturn(okJson("{\"id\":\"cus_1\"}")));

    call("stripe:customers", body, Map.of());

    assertThat(StripeApi.form(STRIPE.onlyRequest()))
        .isEqualTo(Map.of("name", "Zoë", "tags[0][a]", "1000", "tags[1][a]", "true", "e", ""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1]", "{", "7", "{\"a\":1,\"a\":2}"})
  void what_is_no_json_object_is_400(String body) {
    assertThatThrownBy(() -> call("stripe:customers", body, Map.of()))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("payload-invalid");
  }

  @Test
  void json_that_is_no_object_of_stripes_is_the_providers_fault() {
    STRIPE.server.stubFor(any(anyUrl()).willReturn(okJson("{\"id\":7}")));

    assertThatThrownBy(() -> call("stripe:charges", null, Map.of()))
        .hasCauseInstanceOf(ApiException.class);
  }

  @Test
  void nothing_at_all_is_no_parameters() {
    STRIPE.server.stubFor(any(anyUrl()).willReturn(okJson("{\"id\":\"cus_1\"}")));

    call("stripe:customers", null, Map.of());
    call("stripe:customers", " ", Map.of());

    assertThat(STRIPE.server.getAllServeEvents())
        .allSatisfy(event -> assertThat(event.getRequest().getBodyAsString()).isEmpty());
  }

  @Test
  void endpoints_have_keys_accounts_and_addresses_of_their_own() {
    STRIPE.server.stubFor(any(anyUrl()).willReturn(okJson("{\"id\":\"cus_1\"}")));

    call("stripe:customers", null, Map.of());
    call("stripe:customers?apiKey=OTHER_KEY&stripeAccount=acct_1", null, Map.of());
    call(
        "stripe:customers?stripeAccount=acct_1",
        null,
        Map.of(StripeHeaders.ACCOUNT, "acct_2", "Stripe-Account", "acct_of_a_caller"));
    call("stripe:customers?apiBase=" + STRIPE.address() + "/elsewhere", null, Map.of());

    List<String> seen =
        STRIPE.requests(com.github.tomakehurst.wiremock.http.RequestMethod.ANY).stream()
            .map(
                request ->
                    request.getUrl()
                        + " "
                        + request.getHeader("Authorization")
                        + " "
                        + request.getHeader("Stripe-Account"))
            .toList();
    assertThat(seen)
        .containsExactlyInAnyOrder(
            "/v1/customers Bearer " + StripeApi.KEY + " null",
            "/v1/customers Bearer sk_test_other acct_1",
            "/v1/customers Bearer " + StripeApi.KEY + " acct_2",
            "/elsewhere/v1/customers Bearer " + StripeApi.KEY + " null");
    assertThat(com.stripe.Stripe.apiKey).as("the library's global key").isNull();
  }

  @Test
  void a_missing_key_is_named() {
    assertThatThrownBy(() -> call("stripe:customers?apiKey=NO_SUCH_KEY", null, Map.of()))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("not-configured")
        .hasMessageContaining("NO_SUCH_KEY");
  }

  @Test
  void a_key_that_no_header_can_carry_is_named_and_not_shown() {
    SET.put("BROKEN_KEY", "sk_test_half\nsk_test_half");

    assertThatThrownBy(() -> call("stripe:customers?apiKey=BROKEN_KEY", null, Map.of()))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("BROKEN_KEY")
        .hasMessageNotContaining("sk_test");
  }

  @Test
  void a_body_that_was_a_stream_can_be_sent_again() {
    STRIPE.server.stubFor(any(anyUrl()).willReturn(notFound()));
    Exchange exchange = new DefaultExchange(CAMEL);
    exchange
        .getMessage()
        .setBody(new ByteArrayInputStream("{\"a\":1}".getBytes(StandardCharsets.UTF_8)));

    producer.send("stripe:customers", exchange);
    exchange.setException(null);
    producer.send("stripe:customers", exchange);

    assertThat(STRIPE.requests(com.github.tomakehurst.wiremock.http.RequestMethod.POST))
        .hasSize(2)
        .allSatisfy(request -> assertThat(StripeApi.form(request)).isEqualTo(Map.of("a", "1")));
  }

  @Test
  void the_callers_key_is_sent_and_one_that_cannot_be_is_refused() {
    STRIPE.server.stubFor(any(anyUrl()).willReturn(okJson("{\"id\":\"cus_1\"}")));

    call("stripe:customers", null, Map.of("Idempotency-Key", "order 7"));

    assertThat(STRIPE.onlyRequest().getHeader("Idempotency-Key")).isEqualTo("order 7");
    for (String wrong : List.of("x".repeat(256), "a\nb", "schlüssel")) {
      assertThatThrownBy(() -> call("stripe:customers", null, Map.of("Idempotency-Key", wrong)))
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("Idempotency-Key");
    }
  }

  @Test
  void a_redelivered_step_keeps_its_key() {
    STRIPE.server.stubFor(any(anyUrl()).willReturn(okJson("{\"id\":\"cus_1\"}")));
    Exchange exchange = new DefaultExchange(CAMEL);

    producer.send("stripe:customers", exchange);
    exchange.getMessage().setBody(null);
    producer.send("stripe:customers", exchange);

    List<String> keys =
        STRIPE.requests(com.github.tomakehurst.wiremock.http.RequestMethod.POST).stream()
            .map(request -> request.getHeader("Idempotency-Key"))
            .toList();
    assertThat(keys).hasSize(2);
    assertThat(keys.get(0)).isEqualTo(keys.get(1));
    assertThat(UUID.fromString(keys.get(0))).isNotNull();
  }

  @Test
  void expansions_of_the_address_and_of_the_body_add_up() {
    STRIPE.server.stubFor(
        any(anyUrl()).willReturn(okJson("{\"id\":\"ch_1\",\"object\":\"charge\"}")));

    call(
        "stripe:charges?expand=customer,invoice",
        Map.of("expand", List.of("refunds", "customer")),
        Map.of());
    call("stripe:charges?expand=customer", "ignored", headers(StripeMethod.RETRIEVE));

    List<LoggedRequest> requests =
        STRIPE.requests(com.github.tomakehurst.wiremock.http.RequestMethod.ANY);
    assertThat(StripeApi.form(requests.get(0)))
        .isEqualTo(Map.of("expand[0]", "refunds", "expand[1]", "customer", "expand[2]", "invoice"));
    assertThat(StripeApi.query(requests.get(1))).isEqualTo(Map.of("expand[0]", "customer"));
  }

  private static String page(int from, int to, boolean more) {
    return IntStream.range(from, to)
        .mapToObj(i -> "{\"id\":\"cus_" + i + "\",\"object\":\"customer\"}")
        .collect(
            Collectors.joining(
                ",",
                "{\"object\":\"list\",\"url\":\"/v1/customers\",\"has_more\":"
                    + more
                    + ",\"data\":[",
                "]}"));
  }

  private static void pages() {
    STRIPE.server.stubFor(
        get(urlPathEqualTo("/v1/customers")).willReturn(okJson(page(0, 2, true))));
    STRIPE.server.stubFor(
        get(urlPathEqualTo("/v1/customers"))
            .withQueryParam("starting_after", equalTo("cus_1"))
            .willReturn(okJson(page(2, 4, true))));
    STRIPE.server.stubFor(
        get(urlPathEqualTo("/v1/customers"))
            .withQueryParam("starting_after", equalTo("cus_3"))
            .willReturn(okJson(page(4, 5, false))));
  }

  @SuppressWarnings("unchecked")
  private static StripeCollection<Customer> list(String options) {
    return (StripeCollection<Customer>)
        call(
            "stripe:customers" + options,
            Map.of("email", "a@b.example"),
            headers(StripeMethod.LIST));
  }

  @Test
  void a_list_is_one_page_unless_all_are_asked_for() {
    pages();

    StripeCollection<Customer> one = list("");

    assertThat(one.getData()).extracting(Customer::getId).containsExactly("cus_0", "cus_1");
    assertThat(one.getHasMore()).isTrue();
    assertThat(StripeApi.query(STRIPE.onlyRequest())).isEqualTo(Map.of("email", "a@b.example"));
  }

  @Test
  void all_pages_are_collected_in_order() {
    pages();

    StripeCollection<Customer> all = list("?autoPaging=true");

    assertThat(all.getData())
        .extracting(Customer::getId)
        .containsExactly("cus_0", "cus_1", "cus_2", "cus_3", "cus_4");
    assertThat(all.getHasMore()).isFalse();
    List<LoggedRequest> requests =
        STRIPE.requests(com.github.tomakehurst.wiremock.http.RequestMethod.GET);
    assertThat(requests).hasSize(3);
    assertThat(StripeApi.query(requests.get(2)))
        .isEqualTo(Map.of("email", "a@b.example", "limit", "100", "starting_after", "cus_3"));
  }

  @Test
  void collecting_ends_at_its_bound_and_says_so() {
    pages();

    StripeCollection<Customer> some = list("?autoPaging=true&maxObjects=3");

    assertThat(some.getData())
        .extracting(Customer::getId)
        .containsExactly("cus_0", "cus_1", "cus_2");
    assertThat(some.getHasMore()).isTrue();
    assertThat(STRIPE.requests(com.github.tomakehurst.wiremock.http.RequestMethod.GET)).hasSize(2);
  }

  @Test
  void a_delete_of_what_is_deleted_already_succeeds_and_of_the_unknown_does_not() {
    String missing = StripeApi.error("invalid_request_error", "resource_missing", "No such");
    STRIPE.server.stubFor(any(anyUrl()).willReturn(notFound().withBody(missing)));
    STRIPE.server.stubFor(
        get("/v1/customers/x_1").willReturn(okJson("{\"id\":\"x_1\",\"deleted\":true}")));
    STRIPE.server.stubFor(get("/v1/products/x_1").willReturn(okJson("{\"id\":\"x_1\"}")));

    Customer gone = (Customer) call("stripe:customers", null, headers(StripeMethod.DELETE));

    assertThat(gone.getDeleted()).isTrue();
    assertThatThrownBy(() -> call("stripe:products", null, headers(StripeMethod.DELETE)))
        .as("it is there, so it was not deleted")
        .hasCauseInstanceOf(InvalidRequestException.class);
    assertThatThrownBy(() -> call("stripe:subscriptions", null, headers(StripeMethod.CANCEL)))
        .hasCauseInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("resource_missing");
  }
}
