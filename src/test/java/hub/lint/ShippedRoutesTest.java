package hub.lint;

import static org.assertj.core.api.Assertions.assertThat;

import hub.config.Declared;
import hub.config.Setting;
import hub.config.Settings;
import hub.config.Variables;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ShippedRoutesTest {
  @Test
  void what_is_shipped_has_no_faults_without_any_credentials() {
    Settings defaults =
        new Settings(
            key ->
                Stream.concat(
                        Arrays.stream(Setting.values()),
                        Variables.of(Optional.empty()).all().stream())
                    .filter(setting -> setting.key().equals(key))
                    .map(Declared::defaultValue)
                    .findFirst());

    assertThat(
            Lint.check(
                Path.of("routes"), Path.of("application.properties"), defaults, null, Map.of()))
        .isEmpty();
  }
}
