package hub.poll;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hub.call.http.ProviderResponse;
import hub.util.Json;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NextPageTest {
  private static final URI ASKED = URI.create("https://api.example.com/v1/list?a=1&page=1");

  private static Optional<URI> after(NextPage next, String link, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    HttpHeaders headers =
        HttpHeaders.of(link.isEmpty() ? Map.of() : Map.of("link", List.of(link)), (a, b) -> true);
    return next.after(
        ASKED,
        new ProviderResponse(200, headers, bytes, Instant.EPOCH),
        Json.parse(bytes).orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({
    "https://api.example.com:443/v1/list?page=2,https://api.example.com:443/v1/list?page=2",
    "/v1/list?page=2,https://api.example.com/v1/list?page=2",
    "?page=2,https://api.example.com/v1/list?page=2",
    "list?page=2,https://api.example.com/v1/list?page=2",
  })
  void an_address_is_taken_relative_to_the_page(String next, String address) {
    assertThat(after(new NextPage("$.next", ""), "", "{\"next\":\"" + next + "\"}"))
        .contains(URI.create(address));
  }

  @Test
  void a_token_becomes_a_query_parameter() {
    assertThat(after(new NextPage("$.next", "page"), "", "{\"next\":\"a b/&\"}"))
        .contains(URI.create("https://api.example.com/v1/list?a=1&page=a%20b%2F%26"));
  }

  @Test
  void the_last_page_has_none() {
    for (String body : List.of("{}", "{\"next\":null}", "{\"next\":\"\"}", "{\"next\":false}")) {
      assertThat(after(new NextPage("$.next", ""), "", body)).isEmpty();
    }
    assertThat(after(new NextPage("link", ""), "</v1/list?page=1>; rel=\"first\"", "{}")).isEmpty();
    assertThat(after(new NextPage("", ""), "", "{}")).isEmpty();
  }

  @Test
  void the_header_link_names_it_among_others() {
    String link = "</v1/list?page=1>; rel=\"prev\", </v1/list?page=3,4>; title=\"a, b\"; rel=next";
    assertThat(after(new NextPage("link", ""), link, "{}"))
        .contains(URI.create("https://api.example.com/v1/list?page=3,4"));
  }

  @ParameterizedTest
  @CsvSource({
    "http://api.example.com/v1",
    "https://evil.example.com/v1",
    "//evil.example.com/v1",
    "https://api.example.com:8443/v1",
    "https://user@api.example.com/v1",
    "https:/v1"
  })
  void another_host_is_refused(String next) {
    assertThatThrownBy(() -> after(new NextPage("$.next", ""), "", "{\"next\":\"" + next + "\"}"))
        .isInstanceOf(PageFaultException.class);
  }
}
