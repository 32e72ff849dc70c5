package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import hub.lint.Fault.Level;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlRulesTest {
  private static final String MIGRATION = "routes/shop/migration/V1__note.sql";
  private static final String NOTE =
      "CREATE TABLE note (id varchar(64) PRIMARY KEY, number integer, text varchar(100));\n";

  @TempDir private Path root;
  private HubFolder hub;

  @BeforeEach
  void layOut() {
    hub = new HubFolder(root);
  }

  private HubFolder sql(String statement) {
    return hub.route("shop-note", "timer:tick", "- to:\n    uri: 'sql:" + statement + "'\n");
  }

  private void onPostgresql() {
    hub.environment("HUB_DATABASE_URL", "jdbc:postgresql://localhost:1/hub");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT id, source FROM inbox_event WHERE source = :#source AND id IN (:#in:ids)",
        "UPDATE inbox_delivery SET attempts = # WHERE route = #",
        "SELECT type FROM inbox_event WHERE type = :#${body[a][b]} AND source = :#$simple{body}",
        "INSERT INTO inbox_tally (source, shard, stored, ignored) VALUES (:#${map(a, ${body})}, 1, 2, 3)",
        "SELECT 1"
      })
  void what_the_hubs_tables_have_is_right(String statement) {
    assertThat(sql(statement.replace("'", "''")).printed()).isEmpty();
  }

  @Test
  void faults_are_told_at_the_step_with_a_suggestion() {
    sql("SELEC id FROM inbox_event");
    assertThat(hub.printed())
        .singleElement()
        .asString()
        .startsWith("routes/shop/shop-note.camel.yaml:8: the SQL has a syntax error near '")
        .endsWith("; did you mean 'select'?");

    sql("SELECT id FROM inbox_evnt");
    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/shop-note.camel.yaml:8: there is no table 'inbox_evnt';"
                + " did you mean 'inbox_event'?");

    sql("SELECT id, sourc FROM inbox_event");
    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/shop-note.camel.yaml:8: there is no column 'sourc';"
                + " did you mean 'source'?");

    sql("INSERT INTO inbox_tally (source, shard) VALUES (#)");
    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/shop-note.camel.yaml:8: the SQL has more or fewer values than columns;"
                + " give each column one value");
  }

  @Test
  void a_file_is_told_with_its_line() {
    hub.write(
            "routes/shop/add-note.sql",
            """
            -- Adds a note; the number is told once.
            INSERT INTO note (id, text)
            -- a comment
            VALUES (:#id,
              :#${variable.text[a]})
              FORM nowhere
            """)
        .write(MIGRATION, NOTE);
    sql("file:routes/shop/add-note.sql");

    assertThat(hub.printed())
        .singleElement()
        .asString()
        .startsWith("routes/shop/add-note.sql:6: the SQL has a syntax error near '");

    hub.write("routes/shop/add-note.sql", "INSERT INTO note (id,\n  txt)\nVALUES (#, #)\n");
    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/add-note.sql:2: there is no column 'txt'; did you mean 'text'?");

    sql("file:routes/shop/ad-note.sql");
    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/shop-note.camel.yaml:8: there is no file routes/shop/ad-note.sql;"
                + " did you mean 'routes/shop/add-note.sql'?");
  }

  @Test
  void tables_of_ones_own_come_from_migrations_or_are_made_by_hand() {
    sql("UPDATE counter SET n = n + 1");
    assertThat(hub.faults())
        .singleElement()
        .satisfies(
            fault -> {
              assertThat(fault.level()).isEqualTo(Level.WARNING);
              assertThat(fault.what()).isEqualTo("there is no table 'counter'");
            });

    hub.write("routes/shop/migration/V1__counter.sql", "CREATE TABLE counter (m bigint);\n")
        .write("routes/shop/migration/V2__n.postgresql.sql", "no SQL of H2")
        .write("routes/shop/migration/V2__n.sql", "no SQL of H2 either")
        .write("routes/shop/migration/V2__n.h2.sql", "ALTER TABLE counter ADD n bigint;\n")
        .write("routes/shop/migration/V10__index.sql", "CREATE INDEX counter_n ON counter (n);\n");
    assertThat(hub.printed()).isEmpty();

    hub.write("routes/shop/migration/V11__more.sql", "CREATE TABEL more (n bigint);\n");
    assertThat(hub.printed())
        .singleElement()
        .asString()
        .startsWith(
            "routes/shop/migration/V11__more.sql:1: H2 does not run it: syntax error near '");
  }

  @Test
  void a_migration_is_told_with_the_line_of_the_mistake() {
    hub.write(
        MIGRATION,
        """
        -- Notes; each has a text.
        CREATE TABLE note (id varchar(64) PRIMARY KEY);

        /* Since there
           are authors. */
        CREATE TABLE author (
          id integer, -- their number
          name varcar(100)
        );
        """);
    assertThat(hub.printed())
        .singleElement()
        .asString()
        .startsWith("routes/shop/migration/V1__note.sql:8: H2 does not run it: Unknown data type");

    hub.write(
        MIGRATION, NOTE + "\nINSERT INTO note (id) VALUES (';');\n\n-- Gone.\nDROP TABLE nte;");
    assertThat(hub.printed())
        .singleElement()
        .asString()
        .startsWith("routes/shop/migration/V1__note.sql:6: H2 does not run it: Table \"NTE\"");

    hub.write(MIGRATION, "SELECT 1;\r\nCREATE TABLE note (\r\n  id integer\r\n  text integer);");
    assertThat(hub.printed())
        .singleElement()
        .asString()
        .startsWith(
            "routes/shop/migration/V1__note.sql:4: H2 does not run it: syntax error near '");
  }

  @Test
  void a_migration_whose_name_cannot_stay_is_told_with_its_remedy() {
    hub.write(MIGRATION, NOTE)
        .write("routes/shop/migration/note.sql", NOTE)
        .write("routes/shop/migration/V2__text.postgresql.sql", "no SQL of H2")
        .write("routes/shop/migration/V3__more.sql", "CREATE TABLE more (id integer);\n")
        .write("routes/shop/migration/V03__other.sql", "CREATE TABLE other (id integer);\n")
        .write("routes/shop/migration/.V4__note.sql.swp", "");
    sql("SELECT id FROM note");

    assertThat(hub.faults()).extracting(Fault::level).containsOnly(Level.ERROR);
    assertThat(hub.printed())
        .containsExactlyInAnyOrder(
            "routes/shop/migration/note.sql: is no name of a migration; write"
                + " V<number>__<name>.sql, for one kind of database alone V<number>__<name>.h2.sql"
                + " or .postgresql.sql",
            "routes/shop/migration/V3__more.sql: has the number of V03__other.sql;"
                + " give it the next free one",
            "routes/shop/migration/V2__text.postgresql.sql: nothing has this number for H2;"
                + " add a file of the same number that ends in .h2.sql, which may be empty");
  }

  @Test
  void a_start_only_warns_of_what_somebody_may_have_made_by_hand() {
    sql("SELECT id FROM inbox_evnt");

    assertThat(hub.faults()).extracting(Fault::level).containsExactly(Level.WARNING);
    assertThat(report(false)).extracting(Fault::level).containsExactly(Level.ERROR);
  }

  private List<Fault> report(boolean database) {
    return Lint.report(
        root.resolve("routes"),
        root.resolve("application.properties"),
        hub.settings(),
        new LintOptions(Level.WARNING, database));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "INSERT INTO note (id) VALUES (#) ON CONFLICT (id) DO NOTHING RETURNING id",
        "SELECT headers::jsonb->>''a'' FROM inbox_event",
        "SELECT id FROM inbox_event WHERE id = ANY(:#ids::uuid[]) FOR UPDATE SKIP LOCKED",
        "SELECT jsonb_build_object(''a'', source) FROM inbox_event",
        "SELECT now() - interval ''1 hour''",
        "SELECT n.nspname FROM pg_catalog.pg_namespace n",
        "SELECT id FROM inbox_event WHERE source ~ ''^a''",
        "SELECT DISTINCT ON (source) source, id FROM inbox_event ORDER BY source, id"
      })
  void what_only_postgresql_knows_is_no_fault_there_and_one_on_h2(String statement) {
    hub.write(MIGRATION, NOTE);
    sql(statement);
    List<Fault> onH2 = hub.faults();

    onPostgresql();

    assertThat(hub.printed()).isEmpty();
    if (!statement.contains("FOR UPDATE")
        && !statement.contains("now()")
        && !statement.contains("~")
        && !statement.contains("DISTINCT ON")) {
      assertThat(onH2).as("on H2").isNotEmpty();
    }
  }

  @Test
  void on_postgresql_too_names_and_first_words_are_checked() {
    onPostgresql();

    sql("SELECT \"id\" FROM inbox_evnt");
    assertThat(hub.printed())
        .containsExactly(
            "routes/shop/shop-note.camel.yaml:8: there is no table 'inbox_evnt';"
                + " did you mean 'inbox_event'?");
    sql("SELEC id FROM inbox_event");
    assertThat(hub.faults()).extracting(Fault::level).containsExactly(Level.ERROR);
  }

  @Test
  void headers_consumers_and_scratch_statements_are_found() {
    hub.write(
        "routes/shop/shop-note.camel.yaml",
        """
        - route:
            id: shop-note
            description: Notes.
            from:
              uri: sql
              parameters:
                query: SELECT idd FROM inbox_event
                onConsume: DELETE FROM inbox_evnt WHERE id = :#id
              steps:
                - setHeader:
                    name: CamelSqlQuery
                    expression:
                      constant:
                        expression: SELECT 1 FORM x
                - to:
                    uri: sql:SELECT nothing
                    parameters:
                      useMessageBodyForSql: true
                - to:
                    uri: sql:SELECT nothing FROM nowhere
                    parameters:
                      dataSource: "#other"
                - toD:
                    uri: sql:SELECT ${variable.what} FROM nowhere
                - to:
                    uri: sql:SELECT 1 FROM {{table.of.mine:inbox_evnt}}
        """);

    assertThat(hub.printed())
        .filteredOn(line -> line.matches(".*there is no (column|table).*|.*syntax error.*"))
        .anyMatch(line -> line.contains(".yaml:7: there is no column 'idd'"))
        .anyMatch(line -> line.contains(".yaml:8: there is no table 'inbox_evnt'"))
        .anyMatch(line -> line.contains(".yaml:14: the SQL has a syntax error"))
        .anyMatch(line -> line.contains(".yaml:26: there is no table 'inbox_evnt'"))
        .hasSize(4);
  }
}
