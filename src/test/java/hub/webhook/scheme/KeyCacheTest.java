package hub.webhook.scheme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hub.testing.Certificate;
import hub.testing.Jwt;
import hub.testing.SettableClock;
import hub.webhook.verify.KeyAddress;
import hub.webhook.verify.RejectionReason;
import hub.webhook.verify.VerificationKey;
import hub.webhook.verify.WebhookRejectedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How often keys are fetched, and which count meanwhile. */
class KeyCacheTest {
  private static final PublicKey OLD = Jwt.keys("EC", 256).getPublic();
  private static final PublicKey NEW = Jwt.keys("EC", 256).getPublic();
  private static final KeyAddress FIXED =
      new KeyAddress("https://acme.example/keys", "acme.example", false);

  private final SettableClock clock = SettableClock.standing();
  private final Map<String, String> documents = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> fetches = new ConcurrentHashMap<>();
  private final Map<String, CountDownLatch> slow = new ConcurrentHashMap<>();
  private final KeyCache cache = new KeyCache(this::fetch, clock);
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    slow.values().forEach(CountDownLatch::countDown);
    threads.shutdownNow();
  }

  private byte[] fetch(KeyAddress address) throws IOException {
    fetches.computeIfAbsent(address.url(), url -> new AtomicInteger()).incrementAndGet();
    CountDownLatch latch = slow.get(address.url());
    try {
      if (latch != null && !latch.await(10, TimeUnit.SECONDS)) {
        throw new IOException("too slow");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    String document = documents.get(address.url());
    if (document == null) {
      throw new IOException("away");
    }
    return document.getBytes(StandardCharsets.UTF_8);
  }

  private static KeyAddress said(int number) {
    return new KeyAddress("https://api.acme.example/" + number, "api.acme.example", true);
  }

  private static String pem(PublicKey key) {
    return pem("PUBLIC KEY", key.getEncoded());
  }

  private static String pem(String type, byte[] bytes) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----"
        .formatted(type, Base64.getEncoder().encodeToString(bytes), type);
  }

  private int fetches(KeyAddress address) {
    return fetches.getOrDefault(address.url(), new AtomicInteger()).get();
  }

  private int allFetches() {
    return fetches.values().stream().mapToInt(AtomicInteger::get).sum();
  }

  private void shows(KeyAddress address, PublicKey key) {
    documents.put(address.url(), pem(key));
  }

  private List<PublicKey> keys(KeyAddress address, boolean again) throws WebhookRejectedException {
    return cache.keys(address, again).stream().map(VerificationKey::key).toList();
  }

  private void assertUnavailable(KeyAddress address, boolean again) {
    assertThatThrownBy(() -> cache.keys(address, again))
        .isExactlyInstanceOf(WebhookRejectedException.class)
        .hasFieldOrPropertyWithValue("reason", RejectionReason.KEYS_UNAVAILABLE);
  }

  @Test
  void keys_are_kept_for_an_hour() throws WebhookRejectedException {
    shows(FIXED, OLD);
    assertThat(keys(FIXED, false)).containsExactly(OLD);
    shows(FIXED, NEW);

    clock.advance(Duration.ofMinutes(59));
    assertThat(keys(FIXED, false)).containsExactly(OLD);
    clock.advance(Duration.ofMinutes(1));
    assertThat(keys(FIXED, false)).containsExactly(NEW);
    assertThat(fetches(FIXED)).isEqualTo(2);
  }

  @Test
  void a_new_key_counts_after_a_minute_and_forgeries_cause_a_fetch_a_minute()
      throws WebhookRejectedException {
    shows(FIXED, OLD);
    assertThat(keys(FIXED, false)).containsExactly(OLD);
    shows(FIXED, NEW);

    clock.advance(Duration.ofSeconds(59));
    for (int i = 0; i < 100; i++) {
      assertThat(keys(FIXED, true)).containsExactly(OLD);
    }
    assertThat(fetches(FIXED)).isEqualTo(1);

    clock.advance(Duration.ofSeconds(1));
    for (int i = 0; i < 100; i++) {
      assertThat(keys(FIXED, true)).containsExactly(NEW);
    }
    assertThat(fetches(FIXED)).isEqualTo(2);
  }

  @Test
  void without_keys_a_failure_is_repeated_after_five_seconds() throws WebhookRejectedException {
    for (int i = 0; i < 100; i++) {
      assertUnavailable(FIXED, false);
    }
    assertThat(fetches(FIXED)).isEqualTo(1);

    shows(FIXED, OLD);
    clock.advance(Duration.ofSeconds(5));
    assertThat(keys(FIXED, false)).containsExactly(OLD);
  }

  @Test
  void old_keys_go_on_for_a_day_while_the_sender_is_away() throws WebhookRejectedException {
    shows(FIXED, OLD);
    assertThat(keys(FIXED, false)).containsExactly(OLD);
    documents.clear();

    clock.advance(Duration.ofHours(2));
    for (int i = 0; i < 100; i++) {
      assertThat(keys(FIXED, false)).containsExactly(OLD);
    }
    assertThat(fetches(FIXED)).isEqualTo(2);

    clock.advance(Duration.ofMinutes(1));
    assertThat(keys(FIXED, false)).containsExactly(OLD);
    assertThat(fetches(FIXED)).isEqualTo(3);

    clock.advance(Duration.ofHours(22));
    assertUnavailable(FIXED, false);
  }

  /** A sender that changed its key just then must send again, and not be told that it is false. */
  @Test
  void what_old_keys_do_not_confirm_is_undecided_while_the_sender_is_away()
      throws WebhookRejectedException {
    shows(FIXED, OLD);
    assertThat(keys(FIXED, false)).containsExactly(OLD);
    documents.clear();

    clock.advance(Duration.ofMinutes(2));
    assertUnavailable(FIXED, true);
    assertUnavailable(FIXED, true);
    assertThat(keys(FIXED, false)).containsExactly(OLD);
    assertThat(fetches(FIXED)).isEqualTo(2);
  }

  @Test
  void a_document_without_keys_is_a_failure_and_spoils_no_old_keys()
      throws WebhookRejectedException {
    shows(FIXED, OLD);
    assertThat(keys(FIXED, false)).containsExactly(OLD);
    documents.put(FIXED.url(), "<html>Sorry</html>");

    clock.advance(Duration.ofHours(1));
    assertThat(keys(FIXED, false)).containsExactly(OLD);
    assertThat(fetches(FIXED)).isEqualTo(2);
  }

  @Test
  void a_certificate_ends_with_its_dates_also_in_the_cache() throws Exception {
    Certificate certificate = Certificate.of("acme.example");
    documents.put(FIXED.url(), pem("CERTIFICATE", certificate.certificate().getEncoded()));
    Duration left =
        Duration.between(clock.instant(), certificate.certificate().getNotAfter().toInstant());

    clock.advance(left.minusMinutes(1));
    assertThat(keys(FIXED, false)).hasSize(1);
    clock.advance(Duration.ofMinutes(2));
    assertUnavailable(FIXED, false);
    shows(FIXED, NEW);
    clock.advance(Duration.ofSeconds(5));
    assertThat(keys(FIXED, false)).containsExactly(NEW);
  }

  @Test
  void one_request_fetches_and_others_of_this_address_wait_for_it() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    slow.put(FIXED.url(), latch);
    shows(FIXED, OLD);

    List<Future<List<PublicKey>>> waiting = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      waiting.add(threads.submit(() -> keys(FIXED, false)));
    }
    await().until(() -> fetches(FIXED) == 1);
    latch.countDown();

    for (Future<List<PublicKey>> one : waiting) {
      assertThat(one.get(10, TimeUnit.SECONDS)).containsExactly(OLD);
    }
    assertThat(fetches(FIXED)).isEqualTo(1);
  }

  @Test
  void a_slow_address_holds_up_no_other_one() throws Exception {
    KeyAddress other = new KeyAddress("https://other.example/keys", "other.example", false);
    CountDownLatch latch = new CountDownLatch(1);
    slow.put(FIXED.url(), latch);
    shows(FIXED, OLD);
    shows(other, NEW);
    Future<List<PublicKey>> waiting = threads.submit(() -> keys(FIXED, false));
    await().until(() -> fetches(FIXED) == 1);

    Future<List<PublicKey>> quick = threads.submit(() -> keys(other, false));

    assertThat(quick.get(2, TimeUnit.SECONDS)).containsExactly(NEW);
    assertThat(waiting.isDone()).isFalse();
    latch.countDown();
    assertThat(waiting.get(10, TimeUnit.SECONDS)).containsExactly(OLD);
  }

  @Test
  void nobody_waits_for_fresh_keys_while_old_ones_will_do() throws Exception {
    shows(FIXED, OLD);
    assertThat(keys(FIXED, false)).containsExactly(OLD);
    shows(FIXED, NEW);
    CountDownLatch latch = new CountDownLatch(1);
    slow.put(FIXED.url(), latch);
    clock.advance(Duration.ofHours(1));
    Future<List<PublicKey>> fetching = threads.submit(() -> keys(FIXED, false));
    await().until(() -> fetches(FIXED) == 2);

    Future<List<PublicKey>> other = threads.submit(() -> keys(FIXED, false));

    assertThat(other.get(2, TimeUnit.SECONDS)).containsExactly(OLD);
    latch.countDown();
    assertThat(fetching.get(10, TimeUnit.SECONDS)).containsExactly(NEW);
  }

  /** Each holds a thread, and webhooks of other senders need some. */
  @Test
  void eight_requests_wait_and_the_ninth_is_answered_at_once() throws Exception {
    CountDownLatch latch = new CountDownLatch(1);
    List<Future<List<PublicKey>>> waiting = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      KeyAddress address = said(i);
      slow.put(address.url(), latch);
      shows(address, OLD);
      waiting.add(threads.submit(() -> keys(address, false)));
    }
    await().until(() -> allFetches() == 8);
    shows(FIXED, NEW);

    assertUnavailable(FIXED, false);
    assertThat(fetches(FIXED)).isZero();
    latch.countDown();
    for (Future<List<PublicKey>> one : waiting) {
      assertThat(one.get(10, TimeUnit.SECONDS)).containsExactly(OLD);
    }
    assertThat(keys(FIXED, false)).containsExactly(NEW);
  }

  @Test
  void requests_that_say_ever_new_addresses_cause_twenty_fetches_a_minute()
      throws WebhookRejectedException {
    KeyAddress elsewhere = new KeyAddress("https://b.example/1", "b.example", true);
    shows(elsewhere, NEW);
    shows(FIXED, OLD);
    for (int i = 0; i < 500; i++) {
      assertUnavailable(said(i), false);
    }
    assertThat(allFetches()).isEqualTo(20);

    assertThat(keys(elsewhere, false)).as("another sender's").containsExactly(NEW);
    assertThat(keys(FIXED, false)).as("a scheme's own").containsExactly(OLD);
    shows(said(999), NEW);
    assertUnavailable(said(999), false);
    clock.advance(Duration.ofMinutes(1));
    assertThat(keys(said(999), false)).containsExactly(NEW);
  }

  @Test
  void an_address_that_has_confirmed_something_is_fetched_and_kept_whatever_others_say()
      throws WebhookRejectedException {
    KeyAddress good = said(-1);
    shows(good, OLD);
    assertThat(keys(good, false)).containsExactly(OLD);
    cache.confirmed(good);
    for (int minute = 0; minute < 30; minute++) {
      for (int i = 0; i < 30; i++) {
        KeyAddress one = said(minute * 100 + i);
        shows(one, NEW);
        try {
          keys(one, false);
        } catch (WebhookRejectedException e) {
          assertThat(e.reason()).isEqualTo(RejectionReason.KEYS_UNAVAILABLE);
        }
      }
      clock.advance(Duration.ofMinutes(1));
    }
    assertThat(allFetches()).as("20 a minute and the first").isBetween(590, 601);
    documents.remove(good.url());
    assertThat(keys(good, false)).as("still there").containsExactly(OLD);
    assertThat(fetches(good)).isEqualTo(1);

    shows(good, NEW);
    for (int i = 0; i < 100; i++) {
      assertUnavailable(new KeyAddress("https://api.acme.example/x" + i, good.host(), true), false);
    }
    assertThat(keys(good, true)).as("fetched without the budget").containsExactly(NEW);
  }
}
