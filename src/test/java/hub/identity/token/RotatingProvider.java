package hub.identity.token;

import static org.assertj.core.api.Assertions.assertThat;

import hub.http.problem.Problem;
import hub.http.problem.ProblemException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A strict login provider: every refresh issues a new refresh token, and using one twice revokes
 * its whole family.
 */
final class RotatingProvider implements TokenEndpoint {
  static final Duration LIFE = Duration.ofHours(1);

  private final Clock clock;
  private final AtomicInteger number = new AtomicInteger();
  private final Map<String, String> families = new HashMap<>();
  private final Set<String> used = new HashSet<>();
  private final Set<String> ended = new HashSet<>();
  private final List<String> givenOut = new CopyOnWriteArrayList<>();
  private final List<String> revoked = new CopyOnWriteArrayList<>();
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();

  volatile boolean rotates = true;
  volatile boolean isDown;
  volatile Duration life = LIFE;
  volatile String scope = "read write";

  /** Runs before a refresh is processed, and before its answer is sent. */
  volatile Runnable before = () -> {};

  volatile Runnable after = () -> {};

  RotatingProvider(Clock clock) {
    this.clock = clock;
  }

  @Override
  public void require(String provider) {
    assertThat(provider).isIn("github", "google");
  }

  /** The tokens of a login. */
  synchronized TokenSet login() {
    String family = "family-" + number.incrementAndGet();
    return give(family, true);
  }

  private TokenSet give(String family, boolean withRefreshToken) {
    int n = number.incrementAndGet();
    String access = "s3cret-access-" + n;
    String refresh = "s3cret-refresh-" + n;
    givenOut.add(access);
    if (withRefreshToken) {
      families.put(refresh, family);
      givenOut.add(refresh);
    }
    return new TokenSet(
        access,
        withRefreshToken ? Optional.of(refresh) : Optional.empty(),
        Optional.of(clock.instant().plus(life)),
        scope);
  }

  @Override
  public TokenSet refresh(String provider, String refreshToken) {
    calls.incrementAndGet();
    before.run();
    TokenSet given = answer(provider, refreshToken);
    after.run();
    return given;
  }

  private synchronized TokenSet answer(String provider, String refreshToken) {
    if (isDown) {
      throw new ProblemException(
          Problem.of(503, "provider-unavailable", provider + " cannot serve: it is down"));
    }
    String family = families.get(refreshToken);
    if (family == null || ended.contains(family) || (rotates && !used.add(refreshToken))) {
      Optional.ofNullable(family).ifPresent(ended::add);
      refused.incrementAndGet();
      throw new GrantRefusedException(provider + ": invalid_grant");
    }
    return give(family, rotates);
  }

  @Override
  public void revoke(String provider, String token) {
    revoked.add(token);
    if (isDown) {
      throw new IllegalStateException(provider + " is down");
    }
  }

  /** The person revokes the grant at the provider. */
  synchronized void endEverything() {
    ended.addAll(families.values());
  }

  int calls() {
    return calls.get();
  }

  int refused() {
    return refused.get();
  }

  /** Every token that it has issued. */
  List<String> givenOut() {
    return givenOut;
  }

  List<String> revoked() {
    return revoked;
  }
}
