package hub.util.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import hub.util.Json;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.SimpleMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines as the shipped log4j2.xml writes them. */
class PrintableConverterTest {
  @AfterEach
  void forgetFormat() {
    System.clearProperty("LOG_FORMAT");
  }

  /** A test cannot set a variable of the environment, so the format comes from a property. */
  private static URI configuration() throws IOException {
    String shipped = Files.readString(Path.of("src/main/resources/log4j2.xml"));
    Path copy = Files.createTempFile("log4j2", ".xml");
    Files.writeString(copy, shipped.replace("EnvironmentArbiter", "SystemPropertyArbiter"));
    return copy.toUri();
  }

  private static String line(String format, String message, Throwable error) throws IOException {
    System.setProperty("LOG_FORMAT", format);
    LogEvent event =
        Log4jLogEvent.newBuilder()
            .setLoggerName("hub.test")
            .setLevel(Level.WARN)
            .setThreadName("a\u001bthread")
            .setMessage(new SimpleMessage(message))
            .setThrown(error)
            .build();
    // Not by Log4j's registry, which would end the logging of the tests after this one.
    try (LoggerContext context = new LoggerContext("shown", null, configuration())) {
      context.start();
      Appender console = context.getConfiguration().getAppender("console");
      return new String(console.getLayout().toByteArray(event), UTF_8);
    }
  }

  @ParameterizedTest
  @ValueSource(
      chars = {
        '\u0000', '\u0007', '\b', '\n', '\u000b', '\r', '\u001b', '\u007f', '\u0085', '\u009b',
        '\u200f', '\u2028', '\u202e', '\u2066'
      })
  void a_message_cannot_speak_to_a_terminal_or_begin_a_line(char c) throws IOException {
    String shown = "\\u%04x".formatted((int) c);

    assertThat(line("text", "path=/a" + c + "2026-11-29 INFO forged", null))
        .endsWith("WARN  h.test path=/a" + shown + "2026-11-29 INFO forged\n")
        .hasLineCount(1);

    String json = line("json", "a" + c, new IllegalStateException("b" + c));
    assertThat(json).hasLineCount(1).doesNotContainPattern("[\\p{Cntrl}\\x80-\\x9f&&[^\\n]]");
    assertThat(Json.own(json).get("message").asText()).isEqualTo("a" + c);
  }

  @Test
  void plain_text_stays_as_it_is() throws IOException {
    assertThat(line("text", "detail=\"Größe\\n\" a\tb ✓ 😀", null))
        .endsWith("WARN  h.test detail=\"Größe\\n\" a\tb ✓ 😀\n");
  }

  @Test
  void a_stack_trace_keeps_its_lines_and_none_looks_like_a_line_of_the_log() throws IOException {
    String text =
        line("text", "m", new IllegalStateException("x\n2026-11-29 INFO forged\r\ny\u001b[31m"));

    assertThat(text)
        .contains(
            "m\njava.lang.IllegalStateException: x\n  2026-11-29 INFO forged\n  y\\u001b[31m\n")
        .contains("\n  \tat ");
    assertThat(text.lines().skip(2)).allMatch(line -> line.startsWith("  "));
    assertThat(text).endsWith("\n");
  }
}
