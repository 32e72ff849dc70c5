package hub.trial;

import static org.assertj.core.api.Assertions.assertThat;

import hub.config.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Runs the tests beside the routes, as the command {@code test} does. */
class RoutesTest {
  @TestFactory
  Stream<DynamicTest> tests_beside_the_routes_pass() {
    TestReport report =
        Trials.run(
            Path.of("routes"),
            Path.of("application.properties"),
            new Settings(key -> Optional.empty()),
            List.of());
    return Stream.concat(
        Stream.of(
            DynamicTest.dynamicTest(
                "files of tests have no fault", () -> assertThat(report.faults()).isEmpty())),
        report.results().stream()
            .map(
                result ->
                    DynamicTest.dynamicTest(
                        result.file() + ": " + result.name(),
                        () -> assertThat(result.failures()).isEmpty())));
  }
}
