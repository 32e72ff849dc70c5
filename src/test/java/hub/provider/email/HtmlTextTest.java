package hub.provider.email;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("long") // pages that are as bad as can be
class HtmlTextTest {
  /** Each took, or could have taken, quadratic time: seconds or minutes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "<td>",
        "<tr><td>x",
        "<br>",
        "<div>",
        "<a href='https://example.com/'>",
        "<b><i><p>",
        "<table><a>",
        "<ul><li>",
        "<br><p></p>"
      })
  void a_page_of_one_tag_is_read_in_time(String tag) {
    String html = "<table>" + tag.repeat(250_000 / tag.length() * 4);

    assertTimeoutPreemptively(
        Duration.ofSeconds(10), () -> HtmlText.of(html, 1_000_000, Duration.ofSeconds(2)));
  }

  @Test
  void the_cells_of_one_row_take_time_in_proportion_to_their_number() {
    // So many that quadratic time would be far above the limit.
    String text =
        HtmlText.of("<table><tr>" + "<td>x".repeat(400_000), 2_000_000, Duration.ofSeconds(8));

    // After a timeout it is the text with single blanks. The message does not quote it: it is long.
    assertThat(text.startsWith("x  x  x")).isTrue();
    assertThat(text.length()).isGreaterThan(1_100_000);
  }

  @Test
  void a_page_that_is_too_long_is_read_as_far_as_it_may_be() {
    assertThat(HtmlText.of("<p>" + "x".repeat(200_000)).length())
        .isEqualTo(128 * 1024 - "<p>".length());
  }

  @Test
  void a_page_for_which_there_is_no_time_is_read_without_its_structure() {
    assertThat(HtmlText.of("<p>Hello <b>Ada</b></p>", 100, Duration.ZERO)).isEqualTo("Hello Ada");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<p>a</p><p>b</p> | a\\n\\nb",
        "a<br>b<br/>c | a\\nb\\nc",
        "<p>Fish &amp; chips &euro;5 &#x1F600; &lt;b&gt;</p> | Fish & chips €5 😀 <b>",
        "<a href='https://example.com/a?b=1&amp;c=2'>here</a> | here (https://example.com/a?b=1&c=2)",
        "<a href='https://example.com'>https://example.com</a> | https://example.com",
        "<a href='mailto:ada@example.com'>Ada</a> | Ada (ada@example.com)",
        "<a href='#top'>up</a> <a href='javascript:x()'>x</a> | up x",
        "<ul><li>a</li><li>b<ol><li>c</li><li>d</li></ol></li></ul>e | - a\\n- b\\n  1. c\\n  2. d\\n\\ne",
        "<style>p{}</style><script>x()</script><title>t</title><p>seen</p> | seen",
        "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table> | a  b\\nc  d",
        "<h1>Hi</h1>  <div>one</div> <div>two</div> | Hi\\n\\none\\ntwo",
        "<p>unclosed <b>bold<p>next | unclosed bold\\n\\nnext",
        "<pre>a\\n  b</pre> | a\\n  b",
        "<img src=x alt='Our logo'> | Our logo",
        "a &nbsp; b | a b"
      })
  void html_reads_as_text(String html, String text) {
    assertThat(HtmlText.of(html.replace("\\n", "\n"))).isEqualTo(text.replace("\\n", "\n"));
  }
}
