package hub.identity.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hub.http.problem.ProblemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReturnToTest {
  @ParameterizedTest
  @CsvSource({
    "/, /",
    "/orders, /orders",
    "/orders?open=true&page=2#last, /orders?open=true&page=2#last",
    "/search?next=//elsewhere, /search?next=//elsewhere",
    "/search?q=100%25, /search?q=100%25",
    "/search?q=a+b%20c, /search?q=a+b%20c",
    "/käse, /k%C3%A4se",
  })
  void a_path_of_the_hub_is_taken(String asked, String location) {
    assertThat(ReturnTo.check(asked)).isEqualTo(location);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "orders",
        "?a=b",
        "//evil",
        "///evil",
        "https://evil",
        "https:/evil",
        "https:evil",
        "javascript:alert(1)",
        "/\\evil",
        "\\\\evil",
        "\\/evil",
        "/%2fevil",
        "/%2F%2Fevil",
        "/%2f%2fevil",
        "/%5cevil",
        "/%5C%5Cevil",
        "/%252f%252fevil",
        "/%25252fevil",
        "/%252f%252fevil%25zz",
        "/a/..//evil",
        "/.//evil",
        "/\tevil",
        "/\t/evil",
        "/\n/evil",
        "/%09/evil",
        "/%0d%0aLocation:%20https:%2f%2fevil",
        "/a%00b",
        "/a\u0000b",
        "/\u0085evil",
        " /evil",
        "/a b",
        "/%zz",
        "/<script>"
      })
  void anything_else_is_refused(String asked) {
    assertThatThrownBy(() -> ReturnTo.check(asked))
        .isInstanceOfSatisfying(
            ProblemException.class,
            refusal -> {
              assertThat(refusal.problem().status()).isEqualTo(400);
              assertThat(refusal.problem().reason()).isEqualTo("payload-invalid");
              assertThat(refusal.problem().detail()).contains("returnTo");
            });
  }

  @Test
  void a_path_that_does_not_fit_into_the_store_is_refused() {
    assertThat(ReturnTo.check("/" + "a".repeat(399))).hasSize(400);
    assertThatThrownBy(() -> ReturnTo.check("/" + "a".repeat(400)))
        .isInstanceOf(ProblemException.class);
  }
}
