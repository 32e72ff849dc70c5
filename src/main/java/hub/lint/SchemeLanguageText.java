package hub.lint;

/** What the reference says of the language of schemes besides the keys of their files. */
final class SchemeLanguageText {
  /** Before the table of the keys. */
  static final String OWN =
      """

      ## A scheme of your own

      A file `routes/schemes/NAME.scheme.yaml`, whose name has small letters, digits and hyphens, is used as the shipped
      ones are: by `scheme` of a route, by `hub.sources`, by `send`. One with a shipped name takes its place, with a
      warning. [Receiving](../receiving.md#a-scheme-of-your-own) shows the way from the file to the handler. A route's
      parameter wins over what the scheme says.

      ## Keys of the file

      Any other key is a fault.

      """;

  /** Behind the table of the keys. */
  static final String EXPRESSIONS =
      """

      ## Places

      A place holds one text of a request. One that is given twice is refused, because programs differ in which they
      read.

      | place | is |
      |---|---|
      | `header:NAME` | a header |
      | `query:NAME` | a parameter of the query, decoded |
      | `form:NAME` | a field of the body, when that is a form |
      | `$…` | a JSONPath of the body; of the event's own element where a body holds several |
      | `field:NAME` | for `timestamp.in`: a field of the signature's own text, `t` in `t=1768478400,v1=5f…` |
      | `claim:NAME` | for `digest.in`: a claim of the token |

      ## Conditions

      A place alone must have a value. `PLACE == 'text'` must have this one. In `when` of a handshake the kind of place
      stands before: `query: NAME`, `header: "NAME == 'text'"`, `$.path: text`.

      ## Placeholders

      A template is text with places to fill. A brace that begins no placeholder is itself, so JSON is written as it is.

      | placeholder | is filled with |
      |---|---|
      | `{body}` | the bytes of the body, as they came |
      | `{body:sha256-hex}` | the body's SHA-256 in hexadecimal |
      | `{body:crc32}` | the body's CRC-32 as a decimal number |
      | `{timestamp}` | the signed time, as it was sent |
      | `{id}` | the signed id: the first place of `event.id` |
      | `{method}` | `POST` or `GET` |
      | `{url}` | `PUBLIC_URL` with path and query as they were sent |
      | `{path}` | the path as it was sent |
      | `{query}` | the query as it was sent, without `?` |
      | `{header:NAME}`, `{query:NAME}`, `{form:NAME}`, `{$.path}` | what is at that place |
      | `{form:sorted}` | the fields of a form by name, each with its values behind it, decoded |
      | `{{NAME}}` | the value of a property or variable |
      | `{secret}`, `{secret:NAME}` | in `check` alone: the source's secret, another variable |
      | `{hmac:sha256-hex:TEMPLATE}` | in an answer alone: an HMAC of the template; `sha1`, `sha256`, `sha512`; `hex`, `base64`, `base64url` |
      | `{event.id}`, `{event.status}` | in `answer` alone: the hub's id, `accepted` or `duplicate` |
      | `{uuid}`, `{type}`, `{secret}`, `{now}`, `{seconds}`, `{millis}` | in `sample` alone: a new id, the sample's type, the source's secret, the time |

      In what is signed, a missing header or parameter is `signature-missing`; a missing field of a form or member of the
      body is an empty text.

      ## Fields of the event

      `event.id`, `event.type` and `event.ordering-key` are an expression or a list, of which the first with a value
      counts.

      | expression | is |
      |---|---|
      | `header:NAME`, `form:NAME`, `$…` | what is at that place |
      | a template, such as `{$.account}:{$.id}` | the filled text; nothing when one of its values is missing |
      | `hash` | the SHA-256 of event and signed time |
      | `random` | a new id each time, for senders whose repeats cannot be told apart |
      | `'text'` | always this text |
      | `PLACE='text'` | this text, when the place has a value |

      With `event.each`, a path of names, numbers and `[*]`, each element is an event, with its own bytes as payload, and
      `$` is the element. What the sender signs may lie in the element too; then every element must be proven. All are
      stored in one commit. None: 200, and nothing is stored. One without an id, or more than 1,000: 400, and nothing is
      stored.

      ## Handshakes

      The first whose `when` holds is answered, and nothing is stored. It needs the proof of an event, or with `check`
      another one instead: each place must hold what its template says. With `verified: false` it needs none; then the
      answer may only echo what was asked, as `text/plain`, in at most 1 KiB. An answer with `{hmac:…}` signs for whoever
      asks: it needs a proof, unless the file says `oracle: true`. Then only a text of letters, digits and `+/_=.-` is
      signed, of at most 256 characters, and only JSON objects and lists are taken as events, which no such text is.

      ## Tokens and keys

      A JSON Web Token counts by the scheme's `algorithm` alone, whatever it says of itself. `exp` in the past is
      `timestamp-too-old`, `nbf` in the future `timestamp-in-future`; a token without `exp` must have been issued (`iat`)
      within the tolerance. Of a claim that is a list, one entry must be the expected one.

      Keys of `keys.url` are fetched over https, kept for an hour, and fetched anew, at most once a minute, when they
      confirm nothing. While they cannot be had, requests are answered 503 `keys-unavailable`. An address that a request
      says must lie at one of `keys.hosts`.

      ## Examples
      """;

  private SchemeLanguageText() {}
}
