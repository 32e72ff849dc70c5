package hub.webhook.scheme;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Places, paths and conditions that would only fail at a request are faults of the file. */
class SchemePlacesTest {
  private static final String HMAC =
      """
      title: Acme
      verify: hmac
      algorithm: sha256
      signature: {in: "header:X-Signature"}
      signed: "{body}"
      secret: {variable: ACME_SECRET}
      event: {id: $.id}
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "signature: {in: 'header:X Y'} | signature.in: 'header:X Y' is no place",
        "signature: {in: 'query:'} | signature.in: 'query:' is no place",
        "signature: {in: '$.['} | signature.in: '$.[' is no JSONPath",
        "signature: {in: 'header:X', field: '1st', assign: ''} | signature.field: must be the index",
        "alternatives: [{signature: 'header:'}] | signature.in: 'header:' is no place",
        "alternatives: [{signature: 'header:X', timestamp: 'form:'}] | timestamp.in: 'form:' is no place",
        "digest: {in: 'header:X Y'} | digest.in: 'header:X Y' is no place",
        "digest: {in: 'claim:sha'} | digest.in: claim:NAME is for proof jwt alone",
        "signed: '{body}{$.[}' | signed: '$.[' is no JSONPath",
        "signed: '{body}{secret:}' | signed: {secret:} is unknown",
        "signed: [{when: \"$.a = 'b\", content: '{body}'}] | signed: '$.a = 'b' is no JSONPath",
        "signed: [{when: \"$.a=='it's'\", content: '{body}'}] | signed: when '$.a=='it's'' cannot be read",
        "event: {id: '$.'} | event.id: '$.' is no JSONPath",
        "event: {id: '{$.[}'} | event.id: '$.[' is no JSONPath",
        "event: {id: '$.a[x=''b'''} | event.id: '$.a[x' is no JSONPath",
        "event: {id: '{{ACME_ID}}-{$.id}'} | event.id: names a secret or a variable",
        "event: {id: '{secret:ACME}'} | event.id: names a secret or a variable",
        "event: {id: $.id, each: '$.items[?(@.a)]'} | event.each: '$.items[?(@.a)]' is no path of",
        "event: {id: $.id, each: '$.a b'} | event.each: '$.a b' is no path of",
        "replay-key: '$.[' | replay-key: '$.[' is no JSONPath",
        "variables: {mode: '$..'} | variables.mode: '$..' is no JSONPath",
        "handshake: [{when: {'$.[': 1}, answer: {}}] | handshake.0.when: '$.[' is no JSONPath",
        "handshake: [{when: {method: GET}, check: {'$.[': '{secret}'}, answer: {}}] | handshake.0.check: '$.[' is",
        "handshake: [{when: {method: GET}, answer: {body: '{hmac:sha1-hex:{$[}}'}}] | handshake.0.answer.body: '$[' is",
        "answer: {body: '{$.[}'} | answer.body: '$.[' is no JSONPath",
        "answer: {content-type: \"text/plain\\r\\nX-A: b\"} | answer.content-type: has other letters",
        "handshake: [{when: {method: GET}, answer: {content-type: \"a\\tb\"}}] | handshake.0.answer.content-type: has",
      })
  void a_place_that_cannot_be_read_is_told_with_its_member(String member, String told) {
    String name = member.substring(0, member.indexOf(':'));
    String rest = HMAC.replaceAll("(?m)^" + name + ": .*\n", "");

    assertThat(SchemeFiles.faultsOf("acme", rest + member.strip()))
        .singleElement()
        .asString()
        .startsWith(told.strip());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "signed: [{when: \"$.a[?(@.b == 'c')]\", content: '{body}'}, {content: '{body}'}]",
        "signed: [{when: \"$.a[?(@.b == 'c')]  ==  'd e'\", content: '{body}'}]",
        "signed: [{when: \"header:X == ''\", content: '{body}'}]",
        "signature: {in: 'header:X', field: '1+', assign: ''}",
        "event: {id: ['$.a.length()', \"$['x y'][0]\", \"$.a='b'\", '{$.a}:{header:X}']}",
        "event: {id: $.id, each: \"$['a b'][*].c[0]\"}",
      })
  void a_place_that_can_be_read_has_no_fault(String member) {
    String name = member.substring(0, member.indexOf(':'));
    String rest = HMAC.replaceAll("(?m)^" + name + ": .*\n", "");

    assertThat(SchemeFiles.faultsOf("acme", rest + member)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "basic | signature: {in: 'query:token'} | signature.in: of basic is no header",
        "public-key | keys: {url: '{header:Cert}', hosts: ['a**.acme.example']} | keys.hosts: 'a**.acme.example' has two",
        "public-key | keys: {url: '{$.[}', hosts: ['*.acme.example']} | keys.url: '$.[' is no JSONPath",
        "jwt | digest: {in: 'header:X'} | digest.in: with proof jwt the digest is in a claim",
      })
  void other_proofs_have_faults_of_their_own(String proof, String member, String told) {
    String algorithm =
        proof.equals("basic")
            ? ""
            : "algorithm: " + (proof.equals("jwt") ? "hs256" : "ed25519") + "\n";
    String signed = proof.equals("public-key") ? "signed: '{body}'\n" : "";
    String place =
        member.startsWith("signature") ? "" : "signature: {in: 'header:Authorization'}\n";

    assertThat(
            SchemeFiles.faultsOf(
                "acme",
                "title: A\nverify: %s\n%s%s%sevent: {id: $.id}\n%s"
                    .formatted(proof, algorithm, signed, place, member.strip())))
        .singleElement()
        .asString()
        .startsWith(told.strip());
  }
}
