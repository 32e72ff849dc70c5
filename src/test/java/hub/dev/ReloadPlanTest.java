package hub.dev;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ReloadPlanTest {
  private static final String KAMELET = "kamelets/%s.kamelet.yaml";

  private final Map<String, String> files = new TreeMap<>();

  private static String route(String id, String from, String to) {
    return """
        - route:
            id: %s
            from:
              uri: %s
              steps:
                - to:
                    uri: %s
        """
        .formatted(id, from, to);
  }

  /** What is planned when one file changes from what it is now. */
  private ReloadPlan after(String file, String text) {
    ProjectFiles before = new ProjectFiles(new TreeMap<>(files));
    if (text.isEmpty()) {
      files.remove(file);
    } else {
      files.put(file, text);
    }
    return ReloadPlan.of(before, new ProjectFiles(files));
  }

  @Test
  void of_a_file_with_several_routes_only_the_changed_one_is_exchanged_in_its_line() {
    String first = route("first", "direct:a", "log:x");
    files.put("two.camel.yaml", first + route("second", "direct:b", "log:x"));
    ReloadPlan plan = after("two.camel.yaml", first + route("second", "direct:b", "log:y"));
    assertThat(plan.coming()).containsExactly("second");
    assertThat(plan.leaving()).containsExactly("second");
    String text = plan.after().textsOf(plan.coming()).get("two.camel.yaml");
    assertThat(text.lines().toList().indexOf("    id: second")).isEqualTo(8);
    assertThat(text).doesNotContain("first");
  }

  @Test
  void comments_and_layout_are_no_change() {
    files.put("a.camel.yaml", route("a", "direct:a", "log:x"));
    assertThat(after("a.camel.yaml", "# Why\n\n" + files.get("a.camel.yaml")).isEmpty()).isTrue();
  }

  @Test
  void whatever_names_a_changed_kamelet_or_sql_file_is_exchanged_also_through_another_kamelet() {
    files.put(KAMELET.formatted("inner-action"), "inner");
    files.put(KAMELET.formatted("outer-action"), "uri: kamelet:inner-action");
    files.put("shop/a.camel.yaml", route("a", "direct:a", "kamelet:outer-action"));
    files.put("shop/b.camel.yaml", route("b", "direct:b", "kamelet:inner-action-two"));
    files.put("shop/c.camel.yaml", route("c", "direct:c", "sql:file:routes/shop/note.sql"));
    files.put("shop/note.sql", "one");
    ReloadPlan plan = after(KAMELET.formatted("inner-action"), "inner, changed");
    assertThat(plan.coming()).containsExactly("a");
    assertThat(plan.kamelets()).containsExactly("inner-action", "outer-action");
    assertThat(after("shop/note.sql", "two").coming()).containsExactly("c");
  }

  @Test
  void a_handler_is_exchanged_with_a_route_that_it_calls_because_it_may_be_a_transaction_no_more() {
    files.put("h.camel.yaml", route("h", "inbox:shop", "direct:middle"));
    files.put("m.camel.yaml", route("m", "direct:middle", "direct:end"));
    files.put("e.camel.yaml", route("e", "direct:end", "log:x"));
    files.put("api.camel.yaml", route("api", "platform-http:/api/x", "direct:end"));
    assertThat(after("e.camel.yaml", route("e", "direct:end", "log:y")).coming())
        .containsExactly("e", "h");
  }

  @Test
  void a_removed_file_leaves_and_other_elements_need_a_start() {
    files.put("a.camel.yaml", route("a", "direct:a", "log:x"));
    ReloadPlan removed = after("a.camel.yaml", "");
    assertThat(removed.leaving()).containsExactly("a");
    assertThat(removed.coming()).isEmpty();
    assertThat(after("beans.camel.yaml", "- beans:\n    - name: x\n").restart())
        .containsExactly("beans.camel.yaml");
  }
}
