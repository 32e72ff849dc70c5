package hub.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import hub.testing.Browser;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The functions of the console's modules, without a hub: one empty page imports the modules, and
 * each case is an expression with what it yields, and a table is one trip to the browser. Its time
 * zone is Europe/Berlin.
 */
@Tag("browser")
class ConsoleScriptTest {
  private static final String ORIGIN = "http://console.test";
  private static final List<String> MODULES =
      List.of(
          "api",
          "chart",
          "dead-letters",
          "dom",
          "events",
          "health",
          "json",
          "keyboard",
          "overview",
          "pages",
          "routes",
          "schemes");

  private static Browser browser;
  private static Page page;

  @BeforeAll
  static void load() {
    browser = Browser.open();
    page = browser.window(800, 600, ColorScheme.LIGHT);
    page.route("**", ConsoleScriptTest::serve);
    page.navigate(ORIGIN + "/");
    page.evaluate(
        """
        async modules => {
          for (const name of modules) Object.assign(window, await import('/console/' + name + '.js'));
          const seen = list => list.map(one => one.name).join(' ');
          Object.assign(window, {seen});
        }
        """,
        MODULES);
  }

  private static void serve(Route route) {
    String path = URI.create(route.request().url()).getPath();
    try (InputStream file = ConsoleScriptTest.class.getResourceAsStream(path)) {
      route.fulfill(
          path.endsWith(".js")
              ? new Route.FulfillOptions()
                  .setContentType("text/javascript; charset=utf-8")
                  .setBodyBytes(file.readAllBytes())
              : new Route.FulfillOptions()
                  .setContentType("text/html")
                  .setBody("<!doctype html><title>empty</title><body></body>"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @AfterAll
  static void close() {
    if (browser != null) {
      browser.close();
    }
  }

  /** Checks a table: each line is an expression, an arrow, and what the expression yields. */
  private static void check(String table) {
    List<List<String>> cases =
        table
            .lines()
            .map(line -> Stream.of(line.split(" ⇒ ", 2)).map(String::strip).toList())
            .toList();
    assertThat(valuesOf(cases.stream().map(one -> one.get(0)).toList())).isEqualTo(cases);
  }

  /**
   * Each expression with its value: a text as it is, with its line breaks as ⏎; anything else as
   * JSON.
   */
  private static Object valuesOf(List<String> expressions) {
    return page.evaluate(
        """
        expressions => Promise.all(expressions.map(async expression => {
          const value = await (0, eval)(expression);
          const shown = typeof value === 'string' ? value : JSON.stringify(value) ?? 'undefined';
          return [expression, shown === '' ? "''" : shown.replaceAll('\\n', '⏎')];
        }))
        """,
        expressions);
  }

  @Test
  void durations_and_numbers_are_short() {
    check(
        """
        ago(0, 1499)               ⇒ now
        ago(0, -1499)              ⇒ now
        ago(0, 1500)               ⇒ 2 s ago
        ago(0, 59499)              ⇒ 59 s ago
        ago(0, 59500)              ⇒ 1 min ago
        ago(3600000, 0)            ⇒ in 1 h
        ago(0, 47 * 3600000)       ⇒ 47 h ago
        ago(0, 48 * 3600000)       ⇒ 2 d ago
        ago(new Date(0), 9e15)     ⇒ 104166667 d ago
        span(0)                    ⇒ 0 s
        span(59)                   ⇒ 59 s
        span(60)                   ⇒ 1 min
        span(3599)                 ⇒ 59 min
        span(3600)                 ⇒ 1.0 h
        span(172799)               ⇒ 48.0 h
        span(172800)               ⇒ 2 d
        millis(0)                  ⇒ 0 ms
        millis(0.4)                ⇒ 0 ms
        millis(999)                ⇒ 999 ms
        millis(1000)               ⇒ 1.0 s
        millis(10000)              ⇒ 10 s
        millis(null)               ⇒ –
        millis(undefined)          ⇒ –
        number(0)                  ⇒ 0
        number(1234567)            ⇒ 1,234,567
        number(-1)                 ⇒ -1
        number(null)               ⇒ –
        number(undefined)          ⇒ –
        """);
  }

  @Test
  void times_are_those_of_the_reader() {
    check(
        """
        time(null).textContent                             ⇒ –
        time('').textContent                               ⇒ –
        exact('2026-01-15T12:00:00.007Z').textContent      ⇒ 15 Jan 2026, 13:00:00.007
        exact('2026-07-15T12:00:00Z').textContent          ⇒ 15 Jul 2026, 14:00:00.000
        time('2026-01-15T12:00:00Z').title                 ⇒ 15 Jan 2026, 13:00:00 · 2026-01-15T12:00:00Z
        clock(Date.UTC(2026, 0, 5, 23, 7), false)          ⇒ 00:07
        clock(Date.UTC(2026, 0, 5, 23, 7), true)           ⇒ 06.01. 00:07
        local('')                                          ⇒ ''
        local('yesterday')                                 ⇒ ''
        local('2026-01-15T12:00:00Z')                      ⇒ 2026-01-15T13:00
        local('2026-03-29T00:59:59Z')                      ⇒ 2026-03-29T01:59
        local('2026-03-29T01:00:00Z')                      ⇒ 2026-03-29T03:00
        """);
  }

  @Test
  void what_an_outsider_wrote_is_text_and_shows() {
    check(
        """
        text('<img src=x onerror=alert(1)>').innerHTML     ⇒ &lt;img src=x onerror=alert(1)&gt;
        text('&lt;b&gt;').innerHTML                        ⇒ &amp;lt;b&amp;gt;
        text('</bdi><script>1</script>').childElementCount ⇒ 0
        text('evil\\u202egpj.exe').textContent             ⇒ evilU+202Egpj.exe
        text('\\u2066a\\u2069').textContent                ⇒ U+2066aU+2069
        text('a\\u0000\\u001b[2J\\u007f').textContent      ⇒ aU+0000U+001B[2JU+007F
        text('a\\u200bb\\ufeff').textContent               ⇒ aU+200BbU+FEFF
        text('\\ud83d').textContent                        ⇒ U+D83D
        text('\\ude00\\ud83d').textContent                 ⇒ U+DE00U+D83D
        text('😀 Zoë 漢字').textContent                      ⇒ 😀 Zoë 漢字
        text('a\\tb\\nc').textContent.length               ⇒ 5
        text(null).textContent.length                      ⇒ 0
        text(undefined).textContent.length                 ⇒ 0
        text(0).textContent                                ⇒ 0
        text('a', 'name').outerHTML                        ⇒ <bdi class="name">a</bdi>
        visible('\\u202e<b>\\ud83d')                       ⇒ ⟨U+202E⟩<b>⟨U+D83D⟩
        visible(null).length                               ⇒ 0
        h('p', {title: '"><b>'}, '<b>').title              ⇒ "><b>
        h('p', {title: '"><b>'}, '<b>').innerHTML          ⇒ &lt;b&gt;
        h('p', {}, [null, [false, 0, ['x']]]).innerHTML    ⇒ 0x
        h('button', {disabled: false, hidden: true}).outerHTML ⇒ <button hidden=""></button>
        s('a', {'href': null}, 'b').namespaceURI           ⇒ http://www.w3.org/2000/svg
        pill('dead').className                             ⇒ pill bad
        pill('<b>').outerHTML                              ⇒ <span class="pill off">&lt;b&gt;</span>
        """);
  }

  @Test
  void filters_become_queries_and_back() {
    check(
        """
        query({})                                          ⇒ ''
        query({a: '', b: null, c: undefined})              ⇒ ''
        query({a: 0, b: false})                            ⇒ ?a=0&b=false
        query({q: 'a b&c=d#e?%+ü'})                        ⇒ ?q=a+b%26c%3Dd%23e%3F%25%2B%C3%BC
        query({q: '\\ud83d'})                              ⇒ ?q=%EF%BF%BD
        addressOf({q: '', last: ''})                       ⇒ /console/events
        addressOf({q: 'x', status: 'dead', last: '1h', since: '2026-01-15T13:00'}) ⇒ /console/events?q=x&status=dead&last=1h
        addressOf({last: 'between', since: '2026-01-15T13:00', until: ''}) ⇒ /console/events?since=2026-01-15T12%3A00%3A00.000Z
        asked({q: 'x', last: ''}, 0)                       ⇒ {"q":"x"}
        asked({last: '15m'}, 3659999)                      ⇒ {"since":"1970-01-01T00:45:00.000Z"}
        asked({last: 'between', since: 's'}, 0)            ⇒ {"since":"s"}
        asked({last: 'constructor'}, 0)                    ⇒ {}
        asked({last: '__proto__'}, 0)                      ⇒ {}
        exactly('order.paid')                              ⇒ order.paid
        exactly('a,b*c\\\\d')                              ⇒ a\\,b\\*c\\\\d
        exactly(' a b ') + '|'                             ⇒ \\ a b\\ |
        exactly(' ') + '|'                                 ⇒ \\ |
        brief('shop-note (routes/a.yaml:3): it broke')     ⇒ it broke
        brief('it broke')                                  ⇒ it broke
        brief('a: b: c')                                   ⇒ b: c
        brief('a: ').length                                ⇒ 3
        brief('x'.repeat(201) + ': y').length              ⇒ 204
        """);
  }

  @Test
  void lists_are_compared_sorted_and_drawn() {
    check(
        """
        [...added(null, [{id: 1}])]                        ⇒ []
        [...added(new Set([1, 2]), [{id: 3}, {id: 1}])]    ⇒ [3]
        [...added(new Set(), [])]                          ⇒ []
        seen(worstFirst([{name: 'b', s: 'up'}, {name: 'c', s: 'down'}, {name: 'a', s: 'up'}], 's')) ⇒ c a b
        seen(worstFirst([{name: 'provider:a', s: 'down'}, {name: 'b', s: 'down'}, {name: 'c', s: 'degraded'}], 's')) ⇒ b provider:a c
        seen(worstFirst([{name: 'a', s: 'up'}, {name: 'b', s: 'odd'}, {name: 'c', s: 'not-configured'}], 's')) ⇒ b a c
        seen(worstFirst([], 's')).length                   ⇒ 0
        lines([{name: 'received', points: [1, null, 3]}], 30).events ⇒ [{"label":"received","tone":"a","points":[2,null,6]}]
        lines([{name: 'calls', points: [5]}, {name: 'calls', provider: 'a', points: [1, null]}, {name: 'calls', provider: 'b', points: [2, null, 3]}], 60).calls ⇒ [{"label":"calls","tone":"a","points":[3,null,3]}]
        lines([{name: 'calls', points: [5]}], 60).calls    ⇒ [{"label":"calls","tone":"a","points":[5]}]
        lines(Array.from({length: 9}, () => ({name: 'call-p95-ms', provider: '<p>', points: []})), 60).latencies.length ⇒ 6
        lines([{name: 'handle-p95-ms', points: [7]}, {name: 'handle-p95-ms', route: 'r', points: [8]}], 60).latencies.map(one => one.label) ⇒ ["handlers","handler r"]
        trace([1, 2], x => x, y => y)                      ⇒ {"path":"M0.0 1.0L1.0 2.0","alone":[]}
        trace([null, 1, undefined, 2, 3], x => x, y => y)  ⇒ {"path":"M1.0 1.0M3.0 2.0L4.0 3.0","alone":[1]}
        trace([], x => x, y => y)                          ⇒ {"path":"","alone":[]}
        [0, 0.3, 1, 7, 10, 11, 1e9].map(nice)              ⇒ [1,0.5,1,10,10,20,1000000000]
        [0, 0.126, 9.999, 9999, 12345].map(label)          ⇒ ["0","0.13","10","9999","12.3k"]
        """);
  }

  @Test
  void the_topology_follows_events_from_source_to_provider() {
    String routes =
        """
        [{id: 'note', kind: 'handler', handles: 'shop', stores: [], providers: ['crm'], state: 'suspended'},
         {id: 'b-hook', kind: 'source', stores: ['shop'], providers: [], state: 'started'},
         {id: 'a-hook', kind: 'source', stores: ['mail', 'shop'], providers: [], state: 'started'},
         {id: 'sweep', kind: 'engine', stores: ['mail'], providers: [], state: 'started'}]
        """;
    page.evaluate("() => { window.some = " + routes + "; }");
    check(
        """
        graph(some).inboxes                         ⇒ ["mail","shop"]
        graph(some).feeders.map(one => one.id)      ⇒ ["a-hook","b-hook"]
        graph(some).edges.map(edge => edge.join(' ')) ⇒ ["route:a-hook inbox:mail","route:a-hook inbox:shop","route:b-hook inbox:shop","inbox:shop route:note suspended","route:note provider:crm"]
        """);
  }

  @Test
  void schemes_are_found_by_any_of_their_names_and_those_in_use_come_first() {
    page.evaluate(
        """
        () => {
          window.all = [
            {name: 'zoom', title: 'Zoom', variables: ['ZOOM_TOKEN'], configured: true},
            {name: 'bearer', title: 'Bearer token', variables: [], configured: null},
            {name: 'aws-sns', title: 'Amazon SNS', variables: ['A', 'TOPIC_ARN'], configured: false},
            {name: 'broken', title: 'broken', variables: [], configured: null, fault: 'x'}];
        }
        """);
    check(
        """
        seen(matching(all, ''))                            ⇒ zoom aws-sns bearer broken
        seen(matching(all, ' AMAZON '))                    ⇒ aws-sns
        seen(matching(all, 'token'))                       ⇒ zoom bearer
        seen(matching(all, 'sns'))                         ⇒ aws-sns
        seen(matching(all, 'zoom_'))                       ⇒ zoom
        seen(matching(all, 'topic'))                       ⇒ aws-sns
        matching(all, 'null').length                       ⇒ 0
        all.map(stateOf)                                   ⇒ ["set","","not set","faulty"]
        """);
  }

  @Test
  void keys_and_addresses_lead_to_pages() {
    check(
        """
        place('e', 1499)                                   ⇒ /console/events
        place('e', 1500)                                   ⇒ undefined
        place('g', 0)                                      ⇒ undefined
        place('constructor', 0)                            ⇒ undefined
        [[-1, 1, 3], [-1, -1, 3], [0, -1, 3], [1, 1, 3], [2, 1, 3]].map(one => rowAfter(...one)) ⇒ [0,2,0,2,2]
        KEYS.every(([key, what]) => key && what)           ⇒ true
        pageAt('/console/').tab                            ⇒ overview
        pageAt('/console/events/a%2Fb').part               ⇒ a/b
        pageAt('/console/events/a%2Fb').tab                ⇒ events
        pageAt('/console/events/%ff')                      ⇒ null
        pageAt('/console/events/a/b')                      ⇒ null
        pageAt('/console/schemes').tab                     ⇒ routes
        pageAt('/console/suppressions').tab                ⇒ health
        pageAt('/console/nowhere')                         ⇒ null
        """);
  }

  @Test
  void payloads_keep_every_character() {
    check(
        """
        pretty('{"a":[1,{}],"a":[]}')                      ⇒ {⏎  "a": [⏎    1,⏎    {}⏎  ],⏎  "a": []⏎}
        pretty('{ "n" : 12345678901234567890.10 , "e":1E+2}') ⇒ {⏎  "n": 12345678901234567890.10,⏎  "e": 1E+2⏎}
        pretty('["\\\\"","{,:[","\\\\\\\\"]')              ⇒ [⏎  "\\"",⏎  "{,:[",⏎  "\\\\"⏎]
        pretty(' [ ] ')                                    ⇒ []
        pretty('"</script>"')                              ⇒ "</script>"
        pretty('{a:1}')                                    ⇒ null
        pretty('')                                         ⇒ null
        pretty('[1,]')                                     ⇒ null
        pretty('['.repeat(5000) + ']'.repeat(5000)).split('\\n').length ⇒ 9999
        hex(Uint8Array.of(0, 255, 72, 105), 99)            ⇒ 00000000  00 ff 48 69                                      ··Hi
        hex(new Uint8Array(100), 16).length                ⇒ 75
        hex(new Uint8Array(0), 16).length                  ⇒ 0
        [...bytesOf('AP9I')]                               ⇒ [0,255,72]
        """);
  }

  @Test
  void a_mebibyte_of_hostile_text_is_laid_out_at_once() {
    CDPSession browserTools = page.context().newCDPSession(page);
    browserTools.send("Performance.setTimeDomain", json("timeDomain", "threadTicks"));
    browserTools.send("Performance.enable");
    double before = processorSeconds(browserTools);
    Map<?, ?> result =
        (Map<?, ?>)
            page.evaluate(
                """
                () => {
                  const value = '<b>\\u202e\\ud83d'.repeat(200000);
                  const shown = visible(value).length;
                  pretty(JSON.stringify([value, value]));
                  brief('('.repeat(1e6));
                  exactly(value);
                  const one = text('<b>\\u202e'.repeat(5000));
                  return {shown, elements: one.querySelectorAll('b').length};
                }
                """);
    assertThat(processorSeconds(browserTools) - before).isBetween(0.001, 3.0);
    assertThat(result.get("shown")).isEqualTo(200_000 * (3 + 8 + 8));
    assertThat(result.get("elements")).isEqualTo(0);
  }

  /** Of the page's thread: what else runs on the machine does not count. */
  private static double processorSeconds(CDPSession browserTools) {
    for (JsonElement metric :
        browserTools.send("Performance.getMetrics").getAsJsonArray("metrics")) {
      if (metric.getAsJsonObject().get("name").getAsString().equals("TaskDuration")) {
        return metric.getAsJsonObject().get("value").getAsDouble();
      }
    }
    throw new AssertionError("the browser does not tell TaskDuration");
  }

  private static JsonObject json(String name, String value) {
    JsonObject object = new JsonObject();
    object.addProperty(name, value);
    return object;
  }

  @Test
  void what_has_not_changed_is_not_sent_again_and_refusals_are_told() {
    assertThat(
            page.evaluate(
                """
                async () => {
                  const told = [], asked = [];
                  for (const event of ['trouble', 'fine', 'expired']) on(event, message => told.push(event + (message ? ' ' + message : '')));
                  const answers = [
                    () => new Response('{"n":1}', {headers: {ETag: '"1"'}}),
                    () => new Response(null, {status: 304}),
                    () => new Response('<html>', {status: 502}),
                    () => new Response('{"type":"urn:hub:problem:key-wrong","detail":"<b>"}', {status: 401}),
                    () => { throw new TypeError('offline'); },
                  ];
                  window.fetch = async (path, {headers}) => { asked.push(headers['If-None-Match'] ?? '-'); return answers.shift()(); };
                  const first = await get('/x'), again = await get('/x');
                  const refusals = [];
                  for (let i = 0; i < 3; i++) await get('/x').catch(e => refusals.push([e.message, e.reason, e.away]));
                  return JSON.stringify([first === again, asked, told, refusals]);
                }
                """))
        .isEqualTo(
            "[true,[\"-\",\"\\\"1\\\"\",\"\\\"1\\\"\",\"\\\"1\\\"\",\"-\"],"
                + "[\"fine\",\"fine\",\"trouble The hub answered 502\",\"expired\","
                + "\"trouble The hub does not answer. Trying again until it does.\"],"
                + "[[\"The hub answered 502\",\"\",true],[\"<b>\",\"key-wrong\",null],"
                + "[\"The hub does not answer.\",null,true]]]");
  }
}
