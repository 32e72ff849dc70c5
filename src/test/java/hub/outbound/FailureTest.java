package hub.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailureTest {
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
      int status, String code, Verdict verdict) {
    assertThat(Failure.ofStatus(status, code, "m", Optional.empty()).verdict()).isEqualTo(verdict);
  }
}
