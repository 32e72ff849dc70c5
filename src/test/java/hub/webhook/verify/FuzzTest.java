package hub.webhook.verify;

import static hub.webhook.verify.Sender.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.EnumSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Damaged headers, the same in each run: each is rejected with a reason. */
class FuzzTest {
  private static final int ROUNDS = 20_000;
  private static final String[] PIECES = {
    "",
    " ",
    ",",
    "=",
    ".",
    "t=",
    "v1=",
    "v1,",
    "v0=",
    "sha256=",
    "Bearer ",
    "\u0000",
    "\uD800",
    "é",
    "٣",
    "ｆ",
    "-",
    "+",
    "/",
    "9999999999999999999",
    "%s",
    "\r\n",
    "\""
  };
  private static final Set<RejectionReason> EXPECTED =
      EnumSet.of(
          RejectionReason.SIGNATURE_MISSING,
          RejectionReason.SIGNATURE_MALFORMED,
          RejectionReason.SIGNATURE_MISMATCH,
          RejectionReason.TIMESTAMP_TOO_OLD,
          RejectionReason.TIMESTAMP_IN_FUTURE);

  @ParameterizedTest
  @EnumSource
  void nothing_but_a_refusal_comes_out_of_damaged_headers(Sender sender) {
    Random random = new Random(20260115);
    SignatureVerifier verifier = sender.verifier(sender.secret(1), sender.secret(2));
    Sent genuine = sender.send(sender.secret(2), NOW, "{\"id\":\"evt_1\"}");
    int believed = 0;
    for (int i = 0; i < ROUNDS; i++) {
      String header = sender.headers().get(random.nextInt(sender.headers().size()));
      String damaged = damage(genuine.header(header), random);
      try {
        verifier.verify(genuine.with(header, damaged).request());
        believed++;
      } catch (WebhookRejectedException e) {
        assertThat(e.reason()).isIn(EXPECTED);
      } catch (RuntimeException e) {
        fail(header + ": " + damaged, e);
      }
    }
    // Some damage has no effect: white space, letter case, skipped parts. Most must have one.
    assertThat(believed).isLessThan(ROUNDS / 2);
  }

  private static String damage(String value, Random random) {
    StringBuilder damaged = new StringBuilder(value);
    for (int times = 1 + random.nextInt(3); times > 0; times--) {
      int at = random.nextInt(damaged.length() + 1);
      int end = Math.min(damaged.length(), at + random.nextInt(6));
      switch (random.nextInt(5)) {
        case 0 -> damaged.insert(at, PIECES[random.nextInt(PIECES.length)]);
        case 1 -> damaged.delete(at, end);
        case 2 -> damaged.replace(at, end, PIECES[random.nextInt(PIECES.length)]);
        case 3 -> damaged.insert(at, (char) random.nextInt(0x10000));
        default -> damaged.insert(at, damaged.substring(at, end));
      }
    }
    return damaged.toString();
  }
}
