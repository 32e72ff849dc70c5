package hub.provider.stripe;

import hub.config.Settings;
import hub.inbox.InboxVariables;
import hub.inbox.JoinsTransaction;
import hub.util.step.ContextStep;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;

/**
 * Stops the handling of an event of the other mode or of a connected account, and notes the reason
 * in the attempt. The Kamelet {@code stripe-own-action} makes it and sets its parameters.
 * Thread-safe once started.
 */
@JoinsTransaction
public final class OwnEventFilter extends ContextStep {
  private static final Pattern KEY = Pattern.compile("[a-z]+_(live|test)_.*", Pattern.DOTALL);

  /** The setting of the mode. */
  public static final String LIVEMODE = "hub.stripe.livemode";

  /** The setting of the accounts. */
  public static final String ACCOUNTS = "hub.stripe.accounts";

  private static final String SECRET_KEY = "STRIPE_SECRET_KEY";

  private String livemode = "";
  private String accounts = "";

  @Override
  public void process(Exchange exchange) {
    otherMode(exchange.getVariable("livemode"))
        .or(() -> otherAccount(exchange.getVariable("account")))
        .ifPresent(
            why -> {
              exchange.setVariable(InboxVariables.ATTEMPT_NOTE, why + "; nothing was done");
              exchange.setRouteStop(true);
            });
  }

  private Optional<String> otherMode(Object given) {
    String mode = value(LIVEMODE, livemode);
    Optional<String> ours = mode.equals("auto") ? modeOfKey() : Optional.of(mode);
    String theirs = "true".equals(String.valueOf(given)) ? "live" : "test";
    // An event without a mode is not from Stripe, whose events all have one.
    if (given == null || ours.isEmpty() || ours.get().equals("any") || ours.get().equals(theirs)) {
      return Optional.empty();
    }
    String why =
        mode.equals("auto")
            ? SECRET_KEY + " is a key of " + ours.get() + " mode"
            : LIVEMODE + " is " + mode;
    return Optional.of("the event is of " + theirs + " mode (livemode), and " + why);
  }

  private Optional<String> otherAccount(Object account) {
    return account == null || value(ACCOUNTS, accounts).equals("any")
        ? Optional.empty()
        : Optional.of(
            "the event is of the connected account " + account + ", and " + ACCOUNTS + " is own");
  }

  /** Reads the key each time, because it may change while the hub runs. */
  private Optional<String> modeOfKey() {
    return modeOf(settings().text(SECRET_KEY));
  }

  /** The mode of a key, {@code live} or {@code test}; empty when the key does not tell. */
  public static Optional<String> modeOf(String secretKey) {
    Matcher key = KEY.matcher(secretKey);
    return key.matches() ? Optional.of(key.group(1)) : Optional.empty();
  }

  private String value(String setting, String written) {
    return written.isEmpty() ? settings().text(setting) : written;
  }

  private Settings settings() {
    return bean(Settings.BEAN, Settings.class);
  }

  /**
   * @throws IllegalArgumentException for an unknown value, which would let all events through
   */
  @Override
  protected void doInit() {
    require("livemode", LIVEMODE, livemode);
    require("accounts", ACCOUNTS, accounts);
  }

  private void require(String parameter, String setting, String written) {
    settings()
        .variables()
        .find(setting)
        .flatMap(declared -> declared.complaint(value(setting, written)))
        .ifPresent(
            complaint -> {
              throw new IllegalArgumentException(
                  (written.isEmpty() ? setting : "stripe-own-action: " + parameter)
                      + " "
                      + complaint);
            });
  }

  /** {@code auto}, {@code live}, {@code test} or {@code any}; empty: the setting. */
  public void setLivemode(String livemode) {
    this.livemode = livemode;
  }

  /** {@code own} or {@code any}; empty: the setting. */
  public void setAccounts(String accounts) {
    this.accounts = accounts;
  }
}
