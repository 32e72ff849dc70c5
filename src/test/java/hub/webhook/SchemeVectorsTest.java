package hub.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import hub.webhook.scheme.SchemeFiles;
import hub.webhook.verify.Handshakes;
import hub.webhook.verify.Response;
import hub.webhook.verify.SchemeTools;
import hub.webhook.verify.SignatureVerifier;
import hub.webhook.verify.WebhookRejectedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every shipped scheme takes what its sender's own tools have signed. */
class SchemeVectorsTest {
  static Stream<String> files() {
    return SchemeFiles.shipped().names().stream();
  }

  static Stream<SchemeVector> events() {
    return SchemeVector.all().filter(vector -> !vector.isHandshake());
  }

  static Stream<SchemeVector> handshakes() {
    return SchemeVector.all().filter(SchemeVector::isHandshake);
  }

  @ParameterizedTest
  @MethodSource("files")
  void a_shipped_file_has_no_fault(String name) throws IOException {
    String content =
        Files.readString(Path.of("src/main/resources/schemes", name + SchemeFiles.SUFFIX));

    assertThat(SchemeFiles.faultsOf(name, content)).isEmpty();
  }

  @Test
  void there_are_sixty_senders_with_vectors() {
    assertThat(SchemeVector.all().map(SchemeVector::scheme).distinct().toList())
        .hasSizeGreaterThanOrEqualTo(60);
  }

  @ParameterizedTest
  @MethodSource("events")
  void a_genuine_event_is_believed_and_read(SchemeVector vector) throws WebhookRejectedException {
    WebhookRequest request = vector.request();

    EventsReader.Read read =
        new EventsReader(vector.described()).read(request, request.signed(), vector.verifier());

    List<Map<?, ?>> expected = vector.events();
    if (vector.described().payload().each().isEmpty()) {
      assertThat(expected).hasSize(1);
      assertFields(read.first(), expected.get(0));
    } else {
      assertThat(read.events()).hasSize(expected.size());
      for (int i = 0; i < expected.size(); i++) {
        var event = read.events().get(i);
        assertFields(
            new EventReader.Fields(event.id(), event.type(), event.orderingKey()), expected.get(i));
      }
    }
  }

  private static void assertFields(EventReader.Fields fields, Map<?, ?> expected) {
    if (expected.get("id") != null) {
      assertThat(fields.id()).isEqualTo(expected.get("id").toString());
    } else {
      assertThat(fields.id()).isNotBlank();
    }
    if (expected.get("type") != null) {
      assertThat(fields.type()).isEqualTo(expected.get("type").toString());
    }
    assertThat(fields.orderingKey())
        .isEqualTo(Optional.ofNullable(expected.get("ordering-key")).map(Object::toString));
  }

  @ParameterizedTest
  @MethodSource("handshakes")
  void a_handshake_is_answered(SchemeVector vector) throws WebhookRejectedException {
    SchemeTools tools = vector.tools(SchemeVector.fixed(vector.now()));
    Optional<SignatureVerifier> verifier =
        vector.secrets().isEmpty() ? Optional.empty() : Optional.of(vector.verifier());

    Optional<Response> response =
        Handshakes.of(vector.described(), vector.secrets(), tools)
            .answer(vector.request().signed(), verifier);

    assertThat(response).isPresent();
    assertThat(response.get().body())
        .isEqualTo(
            Optional.ofNullable(vector.answer().get("body")).map(Object::toString).orElse(""));
    if (vector.answer().get("status") != null) {
      assertThat(response.get().status()).isEqualTo(vector.answer().get("status"));
    }
    if (vector.answer().get("content-type") != null) {
      assertThat(response.get().contentType()).isEqualTo(vector.answer().get("content-type"));
    }
  }
}
