package hub.call.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallFailureTest {
  @ParameterizedTest
  @CsvSource({
    "409,concurrent_idempotent_requests,BUSY",
    "409,invalid_idempotent_request,REJECTED",
    "409,lock_timeout,BUSY",
    "409,idempotency_key_in_use,BUSY",
    "409,OperationAborted,BUSY",
    "409,ConditionalRequestConflict,BUSY",
    "409,BucketNotEmpty,REJECTED",
    "423,x,BUSY"
  })
  void a_lock_is_worth_another_attempt_and_other_conflicts_are_not(
      int status, String code, CallOutcome callOutcome) {
    assertThat(CallFailure.ofStatus(status, code, "m", Optional.empty()).outcome())
        .isEqualTo(callOutcome);
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 301, 302, 303, 304, 307, 308})
  void a_redirect_is_a_refusal_and_no_outage(int status) {
    CallOutcome callOutcome = CallFailure.ofStatus(status, "", "m", Optional.empty()).outcome();

    assertThat(callOutcome).isEqualTo(CallOutcome.REJECTED);
    assertThat(callOutcome.countsAsFailure()).isFalse();
    assertThat(callOutcome.worthRetrying()).isFalse();
  }

  @Test
  void a_lock_that_has_no_word_of_its_own_is_told_by_its_message() {
    assertThat(conflict("Another request with this key is in progress"))
        .isEqualTo(CallOutcome.BUSY);
    assertThat(conflict("This address is on the list already")).isEqualTo(CallOutcome.REJECTED);
  }

  private static CallOutcome conflict(String message) {
    return CallFailure.ofStatus(409, "", message, Optional.empty()).outcome();
  }
}
