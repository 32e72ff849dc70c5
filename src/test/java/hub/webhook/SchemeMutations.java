package hub.webhook;

import hub.util.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Damages the text of scheme files, the same for the same random numbers. */
final class SchemeMutations {
  private static final String[] PIECES = {
    "",
    " ",
    "\n",
    "\t",
    ":",
    "- ",
    "{",
    "}",
    "{{",
    "}}",
    "[",
    "]",
    "'",
    "\"",
    "&a ",
    "*a",
    "!!",
    "|\n",
    "#",
    ",",
    "\u0000",
    "\uD83D\uDE00",
    "é",
    "? ",
    "<<: ",
    "---\n",
    "%",
    "~",
    "0x1F",
    "1e999",
    ".nan",
    "==",
    "$",
    "$..",
    "header:",
  };

  private static final String[] TEXTS = {
    "",
    " ",
    "'",
    "''",
    "'x'",
    "$",
    "$.",
    "$..a",
    "$.[",
    "$[",
    "$.a[?(",
    "$.a[?(@.b == 'c')]",
    "$.a = 'b'",
    "$.a == 'b'",
    "$.a == 'it's'",
    "$.a='b'",
    "$['a']",
    "$['a",
    "$[*]",
    "$[0].a[*]",
    "$.a.length()",
    "$.a.sum()",
    "$.*",
    "$..*",
    "hash",
    "random",
    "header:",
    "header:X",
    "header:X Y",
    "header:X == 'y'",
    "header:X='y'",
    "query:",
    "query:a b",
    "form:",
    "form:a",
    "form:a='b'",
    "field:",
    "field:t",
    "claim:",
    "claim:x",
    "{",
    "}",
    "{}",
    "{{}}",
    "{{A}}",
    "{{A.B-c}}",
    "{{A}",
    "{body}",
    "{body",
    "{body:sha256-hex}",
    "{body:md5}",
    "{timestamp}",
    "{id}",
    "{url}{body}",
    "{form:sorted}",
    "{query}",
    "{header:X}",
    "{header:X Y}",
    "{query:a}",
    "{form:a}",
    "{$.a}",
    "{$.a[?(@.x)]}",
    "{$[}",
    "{$.a}='b'",
    "{secret}",
    "{secret:}",
    "{secret:A}",
    "{secret:a b}",
    "{hmac:sha256-hex:{body}}",
    "{hmac:sha256-hex:{hmac:sha256-hex:{body}}}",
    "{hmac:x}",
    "{event.id}",
    "{event.id}{event.status}",
    "1+",
    "+",
    "0+",
    "x+",
    "99999999999+",
    "v1+",
    "-1",
    "é",
    "\uD83D\uDE00",
    "https://example.com/keys",
    "http://example.com/keys",
    "http://localhost:1/keys",
    "https://",
    "{header:X}",
    "{{A}}/keys",
    "text/plain",
    "text/html",
    "application/json\r\nX-Y: z",
    "*",
    "**",
    "*.*.*",
    "a*b*c*d*e",
    "true",
    "0",
    "none",
    "hmac",
    "token",
    "basic",
    "public-key",
    "jwt",
    "sha256",
    "sha1",
    "sha512",
    "ed25519",
    "ecdsa-p256-sha256",
    "rsa-sha256",
    "rs256",
    "es256",
    "hs256",
    "hex",
    "base64",
    "base64url",
    "utf8",
    "seconds",
    "millis",
    "iso8601",
    "GET",
    "POST",
    "signatureHeader",
    "signedContent",
  };

  private static final List<String> NAMES =
      List.of(
          "title",
          "docs",
          "verify",
          "algorithm",
          "signature",
          "timestamp",
          "signed",
          "digest",
          "secret",
          "keys",
          "claims",
          "replay-key",
          "event",
          "handshake",
          "answer",
          "refused",
          "alternatives",
          "variables",
          "silent-forms",
          "options",
          "sample",
          "in",
          "prefix",
          "encoding",
          "field",
          "separator",
          "assign",
          "unit",
          "tolerance-seconds",
          "when",
          "use",
          "content",
          "variable",
          "min-bytes",
          "max-bytes",
          "derive",
          "url",
          "hosts",
          "id",
          "type",
          "ordering-key",
          "each",
          "method",
          "query",
          "form",
          "has",
          "header",
          "check",
          "verified",
          "oracle",
          "status",
          "content-type",
          "body",
          "headers",
          "$.a",
          "$.[",
          "iss",
          "aud");

  private final Random random;
  private final List<String> files;

  /**
   * @param files texts of scheme files, whose parts are also put into others
   */
  SchemeMutations(Random random, List<String> files) {
    this.random = random;
    this.files = files;
  }

  /** A damaged file. */
  String next() {
    String file = files.get(random.nextInt(files.size()));
    if (random.nextInt(4) == 0) {
      return damaged(file);
    }
    Object tree = tree(file);
    for (int times = 1 + random.nextInt(3); times > 0; times--) {
      mutate(tree);
    }
    return Json.text(tree);
  }

  private static Object tree(String file) {
    return new Load(LoadSettings.builder().build()).loadFromString(file);
  }

  private String damaged(String file) {
    StringBuilder text = new StringBuilder(file);
    for (int times = 1 + random.nextInt(4); times > 0; times--) {
      int at = random.nextInt(text.length() + 1);
      int end = Math.min(text.length(), at + random.nextInt(30));
      switch (random.nextInt(4)) {
        case 0 -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
        case 1 -> text.delete(at, end);
        case 2 -> text.replace(at, end, TEXTS[random.nextInt(TEXTS.length)]);
        default -> text.insert(at, text.substring(at, end));
      }
    }
    return text.toString();
  }

  /** Changes a member or an element anywhere in the tree. */
  @SuppressWarnings("unchecked") // YAML has texts for names here
  private void mutate(Object tree) {
    List<Object> containers = new ArrayList<>();
    collect(tree, containers);
    Object chosen = containers.get(random.nextInt(containers.size()));
    if (chosen instanceof Map<?, ?> map) {
      change((Map<String, Object>) map);
    } else {
      change((List<Object>) chosen);
    }
  }

  private static void collect(Object tree, List<Object> containers) {
    if (tree instanceof Map<?, ?> map) {
      containers.add(map);
      map.values().forEach(value -> collect(value, containers));
    } else if (tree instanceof List<?> list) {
      containers.add(list);
      list.forEach(value -> collect(value, containers));
    }
  }

  private void change(Map<String, Object> map) {
    List<String> names = new ArrayList<>(map.keySet());
    String name =
        names.isEmpty() || random.nextInt(4) == 0
            ? NAMES.get(random.nextInt(NAMES.size()))
            : names.get(random.nextInt(names.size()));
    switch (random.nextInt(4)) {
      case 0 -> map.remove(name);
      case 1 -> map.put(NAMES.get(random.nextInt(NAMES.size())), map.get(name));
      default -> map.put(name, other(map.get(name)));
    }
  }

  private void change(List<Object> list) {
    if (list.isEmpty() || random.nextInt(3) == 0) {
      list.add(other(null));
    } else if (random.nextBoolean()) {
      list.remove(random.nextInt(list.size()));
    } else {
      int at = random.nextInt(list.size());
      list.set(at, other(list.get(at)));
    }
  }

  private Object other(Object present) {
    return switch (random.nextInt(12)) {
      case 0 -> null;
      case 1 -> List.of(0, -1, 1, 1.5, 4294967297L, 1e300, true, false).get(random.nextInt(8));
      case 2 -> new ArrayList<>();
      case 3 -> new LinkedHashMap<>();
      case 4 -> present == null ? "" : new ArrayList<>(List.of(present, present));
      case 5 -> part();
      case 6 -> nested();
      case 7 -> TEXTS[random.nextInt(TEXTS.length)].repeat(1 + random.nextInt(2000));
      case 8 -> present instanceof String text ? damaged(text) : "x";
      default -> TEXTS[random.nextInt(TEXTS.length)];
    };
  }

  /** A part of another file. */
  private Object part() {
    List<Object> containers = new ArrayList<>();
    collect(tree(files.get(random.nextInt(files.size()))), containers);
    return containers.get(random.nextInt(containers.size()));
  }

  private Object nested() {
    Object nested = "x";
    for (int depth = 1 + random.nextInt(400); depth > 0; depth--) {
      nested = random.nextBoolean() ? new ArrayList<>(List.of(nested)) : map(nested);
    }
    return nested;
  }

  private static Map<String, Object> map(Object value) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("when", value);
    return map;
  }
}
