package hub.email;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HtmlTextTest {
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
