package hub.provider.stripe;

import hub.config.Setting;
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
    String mode = value(Setting.STRIPE_LIVEMODE, livemode);
    Optional<String> ours = mode.equals("auto") ? modeOfKey() : Optional.of(mode);
    String theirs = "true".equals(String.valueOf(given)) ? "live" : "test";
    // An event without a mode is not from Stripe, whose events all have one.
    if (given == null || ours.isEmpty() || ours.get().equals("any") || ours.get().equals(theirs)) {
      return Optional.empty();
    }
    String why =
        mode.equals("auto")
            ? "STRIPE_SECRET_KEY is a key of " + ours.get() + " mode"
            : Setting.STRIPE_LIVEMODE.key() + " is " + mode;
    return Optional.of("the event is of " + theirs + " mode (livemode), and " + why);
  }

  private Optional<String> otherAccount(Object account) {
    return account == null || value(Setting.STRIPE_ACCOUNTS, accounts).equals("any")
        ? Optional.empty()
        : Optional.of(
            "the event is of the connected account "
                + account
                + ", and "
                + Setting.STRIPE_ACCOUNTS.key()
                + " is own");
  }

  /** Reads the key each time, because it may change while the hub runs. */
  private Optional<String> modeOfKey() {
    return modeOf(settings().text(Setting.STRIPE_SECRET_KEY));
  }

  /** The mode of a key, {@code live} or {@code test}; empty when the key does not tell. */
  public static Optional<String> modeOf(String secretKey) {
    Matcher key = KEY.matcher(secretKey);
    return key.matches() ? Optional.of(key.group(1)) : Optional.empty();
  }

  private String value(Setting setting, String written) {
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
    require("livemode", Setting.STRIPE_LIVEMODE, livemode);
    require("accounts", Setting.STRIPE_ACCOUNTS, accounts);
  }

  private void require(String parameter, Setting setting, String written) {
    setting
        .kind()
        .complaint(value(setting, written))
        .ifPresent(
            complaint -> {
              throw new IllegalArgumentException(
                  (written.isEmpty() ? setting.key() : "stripe-own-action: " + parameter)
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
