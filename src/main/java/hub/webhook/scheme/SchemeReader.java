package hub.webhook.scheme;

import hub.webhook.verify.EventFields;
import hub.webhook.verify.PublicKeyForm;
import hub.webhook.verify.SecretForm;
import hub.webhook.verify.WebhookScheme;
import hub.webhook.verify.WebhookScheme.Algorithm;
import hub.webhook.verify.WebhookScheme.Answer;
import hub.webhook.verify.WebhookScheme.Content;
import hub.webhook.verify.WebhookScheme.Digest;
import hub.webhook.verify.WebhookScheme.Handshake;
import hub.webhook.verify.WebhookScheme.Places;
import hub.webhook.verify.WebhookScheme.Proof;
import hub.webhook.verify.WebhookScheme.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Makes a {@link WebhookScheme} of a file that has passed the JSON Schema. */
final class SchemeReader {
  private static final int OK = 200;

  private final String name;
  private final SchemeNode root;
  private final Proof proof;

  private SchemeReader(String name, SchemeNode root) {
    this.name = name;
    this.root = root;
    this.proof = Proof.valueOf(root.text("verify").toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  static WebhookScheme read(String name, Object tree) {
    return new SchemeReader(name, SchemeNode.of(tree)).scheme();
  }

  private WebhookScheme scheme() {
    return new WebhookScheme(
        name,
        new WebhookScheme.About(
            root.text("title"),
            root.text("description").strip(),
            root.text("docs"),
            root.text("notes").strip()),
        proof,
        places(),
        format(),
        signed(),
        secret(),
        keys(),
        root.node("claims").map(),
        new WebhookScheme.Payload(
            root.node("event").text("each"),
            root.node("event").text("in").replace("form:", ""),
            root.text("replay-key")),
        event(),
        root.node("variables").map(),
        responses(),
        root.texts("options"),
        root.nodes("sample").stream().map(SchemeReader::sample).toList());
  }

  private List<Places> places() {
    boolean identified =
        contents().stream().anyMatch(content -> content.template().contains("{id}"));
    String id = event().eventId().stream().filter(one -> !one.contains("{")).findFirst().orElse("");
    Places first =
        new Places(
            root.node("signature").text("in"),
            root.node("timestamp").text("in"),
            identified ? id : "");
    Stream<Places> others =
        root.nodes("alternatives").stream()
            .map(
                one ->
                    new Places(
                        one.text("signature"),
                        one.text("timestamp", first.timestamp()),
                        one.text("id", first.id())));
    return Stream.concat(Stream.of(first), others).toList();
  }

  private WebhookScheme.Format format() {
    SchemeNode signature = root.node("signature");
    return new WebhookScheme.Format(
        signature.text("prefix", proof == Proof.BASIC ? "Basic " : ""),
        signature.text("encoding", proof == Proof.BASIC ? "base64" : ""),
        signature.text("field"),
        signature.text("separator", ","),
        signature.text("assign", "="));
  }

  private WebhookScheme.Signed signed() {
    SchemeNode timestamp = root.node("timestamp");
    return new WebhookScheme.Signed(
        algorithms(), contents(), timestamp.text("unit"), timestamp.number("tolerance-seconds"));
  }

  private List<Algorithm> algorithms() {
    return root.list("algorithm").stream()
        .map(
            one ->
                one instanceof Map
                    ? new Algorithm(SchemeNode.of(one).text("when"), SchemeNode.of(one).text("use"))
                    : new Algorithm("", one.toString()))
        .toList();
  }

  private List<Content> contents() {
    Digest digest = digest(root.node("digest"));
    List<Content> contents = new ArrayList<>();
    for (Object one : root.list("signed")) {
      contents.add(
          one instanceof Map
              ? content(SchemeNode.of(one), digest)
              : new Content("", one.toString(), digest));
    }
    if (contents.isEmpty() && !digest.in().isEmpty()) {
      contents.add(new Content("", "", digest));
    }
    return contents;
  }

  private static Content content(SchemeNode node, Digest digest) {
    return new Content(
        node.text("when"),
        node.text("content"),
        node.has("digest") ? digest(node.node("digest")) : digest);
  }

  private static Digest digest(SchemeNode node) {
    return node.has("in")
        ? new Digest(
            node.text("in"), node.text("algorithm", "sha256"), node.text("encoding", "hex"))
        : new Digest("", "", "");
  }

  private SecretForm secret() {
    SchemeNode secret = root.node("secret");
    return new SecretForm(
        kind(secret),
        secret.text("variable"),
        secret.text("where"),
        secret.text("prefix"),
        secret.text("derive").equals("sha1"),
        secret.number("min-bytes"),
        secret.number("max-bytes"));
  }

  private SecretForm.Kind kind(SchemeNode secret) {
    return switch (proof) {
      case NONE, PUBLIC_KEY -> SecretForm.Kind.NONE;
      case BASIC -> SecretForm.Kind.USER_AND_PASSWORD;
      case JWT, HMAC, TOKEN ->
          proof == Proof.JWT && root.has("keys")
              ? SecretForm.Kind.NONE
              : switch (secret.text("encoding", "utf8")) {
                case "base64" -> SecretForm.Kind.BASE64;
                case "hex" -> SecretForm.Kind.HEX;
                default -> SecretForm.Kind.TEXT;
              };
    };
  }

  private PublicKeyForm keys() {
    SchemeNode keys = root.node("keys");
    return new PublicKeyForm(
        keys.text("variable"), keys.text("where"), keys.text("url"), keys.texts("hosts"));
  }

  private EventFields event() {
    SchemeNode event = root.node("event");
    List<String> types = event.texts("type");
    return new EventFields(
        event.texts("id"),
        types.isEmpty() ? List.of("'event'") : types,
        event.texts("ordering-key"));
  }

  private WebhookScheme.Responses responses() {
    return new WebhookScheme.Responses(
        root.nodes("handshake").stream().map(SchemeReader::handshake).toList(),
        root.has("answer") ? answer(root.node("answer"), "application/json") : Answer.DEFAULT,
        root.has("refused")
            ? new Answer(
                root.node("refused").number("status"),
                root.node("refused").has("body") ? "text/plain" : "",
                root.node("refused").text("body"))
            : Answer.DEFAULT,
        root.flag("silent-forms", false));
  }

  private static Handshake handshake(SchemeNode node) {
    SchemeNode when = node.node("when");
    List<String> conditions = new ArrayList<>();
    for (String query : when.texts("query")) {
      conditions.add("query:" + query);
    }
    for (String field : when.texts("form")) {
      conditions.add("form:" + field);
    }
    conditions.addAll(when.texts("has"));
    for (String header : when.texts("header")) {
      conditions.add("header:" + header);
    }
    when.map().entrySet().stream()
        .filter(one -> one.getKey().startsWith("$"))
        .forEach(one -> conditions.add(one.getKey() + " == '" + one.getValue() + "'"));
    return new Handshake(
        when.text("method", "POST"),
        conditions,
        node.node("check").map(),
        node.flag("verified", true),
        node.flag("oracle", false),
        answer(node.node("answer"), "text/plain"));
  }

  private static Answer answer(SchemeNode node, String contentType) {
    int status = node.number("status");
    return new Answer(
        status == 0 ? OK : status, node.text("content-type", contentType), node.text("body"));
  }

  private static Sample sample(SchemeNode node) {
    return new Sample(
        node.text("type"),
        node.text("content-type", "application/json"),
        node.node("headers").map(),
        node.text("body"));
  }
}
