package hub.shipping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import hub.config.Setting;
import hub.config.Variables;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What the files for Docker, Kubernetes and systemd name is there, and fits the hub. */
class ShippedFilesTest {
  private static final Path DOCKER = Path.of("src/main/docker");
  private static final Path KUBERNETES = Path.of("src/main/kubernetes");
  private static final Path UNIT = Path.of("src/main/systemd/integration-master.service");

  /** Of the start script, the JVM and the log. */
  private static final Set<String> OTHER_VARIABLES =
      Set.of("JAVA_OPTS", "JAVA_HOME", "HUB_CLASSPATH", "LANG", "LOG_FORMAT", "LOG_LEVEL");

  private static final String USER = "10001";

  @TempDir private Path folder;

  private static Set<String> knownVariables() throws IOException {
    Set<String> known = new HashSet<>(OTHER_VARIABLES);
    for (Setting setting : Setting.values()) {
      known.addAll(setting.variables());
    }
    Variables.of(Optional.of(Path.of("routes")))
        .all()
        .forEach(variable -> known.addAll(variable.variables()));
    Pattern.compile("\\{\\{env:(\\w+)")
        .matcher(Files.readString(Path.of("application.properties")))
        .results()
        .forEach(one -> known.add(one.group(1)));
    return known;
  }

  /** The secrets that the shipped routes and the one for Kubernetes name. */
  private static Set<String> routeSecrets() throws IOException {
    Set<String> names = new TreeSet<>();
    for (Path routes : List.of(Path.of("routes"), KUBERNETES.resolve("routes"))) {
      try (Stream<Path> files = Files.walk(routes)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Pattern.compile("secrets: (\\w+)")
              .matcher(Files.readString(file))
              .results()
              .forEach(one -> names.add(one.group(1)));
        }
      }
    }
    return names;
  }

  private static int stopSeconds() throws IOException {
    return Files.readAllLines(Path.of("application.properties")).stream()
        .filter(line -> line.startsWith("camel.main.shutdownTimeout"))
        .mapToInt(line -> Integer.parseInt(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  private static List<Map<String, Object>> yaml(Path file) throws IOException {
    Load load = new Load(LoadSettings.builder().setAllowDuplicateKeys(false).build());
    List<Map<String, Object>> all = new ArrayList<>();
    for (Object document : load.loadAllFromString(Files.readString(file))) {
      all.add(map(document));
    }
    return all;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object node) {
    return (Map<String, Object>) node;
  }

  /** What lies at a path such as {@code spec.template.spec.containers[0].name}. */
  private static Object at(Object node, String path) {
    Object here = node;
    for (String name : path.split("\\.|(?=\\[)")) {
      here =
          name.startsWith("[")
              ? ((List<?>) here).get(Integer.parseInt(name.substring(1, name.length() - 1)))
              : map(here).get(name);
      assertThat(here).as(path).isNotNull();
    }
    return here;
  }

  private static Map<String, Object> kubernetes(String name) throws IOException {
    List<Map<String, Object>> all = yaml(KUBERNETES.resolve(name));
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  @Test
  void the_image_runs_the_script_as_a_numbered_user_with_a_base_named_by_its_tag()
      throws IOException {
    Dockerfile file = Dockerfile.read();

    assertThat(file.instructions().stream().filter(one -> one.name().equals("FROM")))
        .allSatisfy(
            from ->
                assertThat(from.words().get(0))
                    .matches("[a-z-]+:[\\w.-]+")
                    .doesNotContain(":latest"));
    assertThat(file.only("USER").words()).containsExactly(USER + ":" + USER);
    assertThat(file.only("ENTRYPOINT").exec())
        .containsExactly("/opt/integration-master/integration-master");
    assertThat(file.only("EXPOSE").words()).containsExactly("8080", "9876");
    assertThat(file.only("RUN").rest())
        .contains("integration-master archive", "-o " + USER + " -g " + USER);
    String volume = file.only("VOLUME").words().get(0);
    assertThat(file.environment().get("DATA_DIR")).startsWith(volume + "/");
    assertThat(file.environment().keySet()).isSubsetOf(knownVariables());
    assertThat(file.only("LABEL").pairs())
        .containsEntry("org.opencontainers.image.version", version());
  }

  private static String version() throws IOException {
    return Pattern.compile("<version>([^<]+)</version>")
        .matcher(Files.readString(Path.of("pom.xml")).replaceAll("(?s)<parent>.*?</parent>", ""))
        .results()
        .findFirst()
        .orElseThrow()
        .group(1);
  }

  @Test
  void nothing_secret_and_all_that_is_copied_goes_to_the_build() throws IOException {
    List<String> rules = Files.readAllLines(DOCKER.resolve("Dockerfile.dockerignore"));
    for (Dockerfile.Instruction copy : Dockerfile.read().instructions()) {
      if (copy.name().equals("COPY") && !copy.options().containsKey("from")) {
        for (String source : copy.words().subList(0, copy.words().size() - 1)) {
          assertThat(Path.of(source)).exists();
          assertThat(isSent(rules, Path.of(source))).as(source).isTrue();
        }
      }
    }
    for (String secret :
        List.of(
            "data/encryption.keys",
            ".env",
            ".git/config",
            "src/main/docker/secrets/DATABASE_PASSWORD",
            "src/main/kubernetes/secret.yaml")) {
      assertThat(isSent(rules, Path.of(secret))).as(secret).isFalse();
    }
    assertThat(Files.readAllLines(Path.of(".gitignore")))
        .contains("src/main/docker/secrets/", "src/main/kubernetes/secret.yaml");
  }

  /** As Docker decides: the last rule that names the file or a folder above it counts. */
  private static boolean isSent(List<String> rules, Path file) {
    boolean sent = true;
    for (String rule : rules) {
      String pattern = rule.replaceFirst("^!", "");
      if (!rule.startsWith("#") && (pattern.equals("*") || file.startsWith(pattern))) {
        sent = rule.startsWith("!");
      }
    }
    return sent;
  }

  @Test
  void compose_waits_for_the_database_and_leaves_time_for_the_stop() throws IOException {
    Path file = DOCKER.resolve("compose.yaml");
    Map<String, Object> compose = yaml(file).get(0);
    Object hub = at(compose, "services.hub");

    assertThat(DOCKER.resolve((String) at(hub, "build.context")).normalize())
        .isEqualTo(Path.of(""));
    assertThat(Path.of((String) at(hub, "build.dockerfile"))).isEqualTo(Dockerfile.FILE);
    assertThat(map(at(hub, "environment")).keySet()).isSubsetOf(knownVariables());
    assertThat(map(at(hub, "environment")).toString()).doesNotContainIgnoringCase("password");
    assertThat(at(hub, "depends_on.database.condition")).isEqualTo("service_healthy");
    assertThat(at(compose, "services.database.healthcheck.test").toString()).contains("pg_isready");
    assertThat(at(hub, "read_only")).isEqualTo(true);
    assertThat(at(hub, "tmpfs")).isEqualTo(List.of("/tmp"));
    assertThat(at(hub, "volumes").toString())
        .contains(":" + Dockerfile.read().only("VOLUME").rest());
    assertThat(seconds((String) at(hub, "stop_grace_period"))).isGreaterThan(stopSeconds());
    assertThat(map(at(compose, "secrets")).keySet())
        .isSubsetOf(knownVariables())
        .containsAll(strings(at(hub, "secrets")))
        .containsAll(strings(at(compose, "services.database.secrets")));
    assertThat(at(compose, "services.database.environment.POSTGRES_PASSWORD_FILE"))
        .isEqualTo(at(hub, "environment.HUB_SECRETS_DIR") + "/DATABASE_PASSWORD");
    assertThat(map(at(compose, "volumes")).keySet()).containsExactly("data", "database");
  }

  private static int seconds(String text) {
    assertThat(text).matches("\\d+s");
    return Integer.parseInt(text.replace("s", ""));
  }

  @SuppressWarnings("unchecked")
  private static List<String> strings(Object list) {
    return (List<String>) list;
  }

  /** What objects of these kinds must have. */
  private static final Map<String, List<String>> REQUIRED =
      Map.of(
          "apps/v1 Deployment",
          List.of(
              "spec.selector.matchLabels",
              "spec.template.metadata.labels",
              "spec.template.spec.containers[0].image"),
          "v1 Service",
          List.of("spec.selector", "spec.ports[0].port"),
          "policy/v1 PodDisruptionBudget",
          List.of("spec.selector.matchLabels", "spec.minAvailable"),
          "v1 Secret",
          List.of("type", "stringData"));

  @Test
  void the_objects_of_kubernetes_are_complete_and_select_the_same_pods() throws IOException {
    Map<String, Object> kustomization = kubernetes("kustomization.yaml");
    List<String> names = new ArrayList<>(strings(kustomization.get("resources")));
    names.replaceAll(name -> name.equals("secret.yaml") ? "secret.template.yaml" : name);
    Set<String> kinds = new TreeSet<>();
    for (String name : names) {
      Map<String, Object> object = kubernetes(name);
      String kind = object.get("apiVersion") + " " + object.get("kind");
      kinds.add(kind);
      assertThat(REQUIRED).containsKey(kind);
      assertThat(at(object, "metadata.name")).isEqualTo("integration-master");
      REQUIRED.get(kind).forEach(path -> at(object, path));
    }
    assertThat(kinds).isEqualTo(new TreeSet<>(REQUIRED.keySet()));

    Object labels = at(kubernetes("deployment.yaml"), "spec.template.metadata.labels");
    assertThat(at(kubernetes("deployment.yaml"), "spec.selector.matchLabels")).isEqualTo(labels);
    assertThat(at(kubernetes("service.yaml"), "spec.selector")).isEqualTo(labels);
    assertThat(at(kubernetes("disruption-budget.yaml"), "spec.selector.matchLabels"))
        .isEqualTo(labels);
    for (String file : strings(at(kustomization, "configMapGenerator[0].files"))) {
      assertThat(KUBERNETES.resolve(file)).exists();
    }
    assertThat(at(kustomization, "images[0].newTag")).isEqualTo(version());
  }

  @Test
  void the_pods_have_no_rights_and_are_asked_where_the_hub_answers() throws IOException {
    Object pod = at(kubernetes("deployment.yaml"), "spec.template.spec");
    Object hub = at(pod, "containers[0]");
    Dockerfile image = Dockerfile.read();

    assertThat(map(at(pod, "securityContext")))
        .containsEntry("runAsNonRoot", true)
        .containsEntry("runAsUser", Integer.valueOf(USER))
        .containsEntry("fsGroup", Integer.valueOf(USER));
    assertThat(map(at(hub, "securityContext")))
        .containsEntry("readOnlyRootFilesystem", true)
        .containsEntry("allowPrivilegeEscalation", false);
    assertThat(at(hub, "securityContext.capabilities.drop")).isEqualTo(List.of("ALL"));

    Map<String, String> environment = new LinkedHashMap<>();
    for (Object one : (List<?>) at(hub, "env")) {
      environment.put((String) at(one, "name"), (String) at(one, "value"));
    }
    assertThat(environment.keySet()).isSubsetOf(knownVariables());
    assertThat(environment).containsEntry("MANAGEMENT_HOST", "0.0.0.0");
    Map<String, Object> ports = new LinkedHashMap<>();
    for (Object one : (List<?>) at(hub, "ports")) {
      ports.put((String) at(one, "name"), at(one, "containerPort").toString());
    }
    assertThat(ports.values()).containsExactlyElementsOf(image.only("EXPOSE").words());
    for (String probe : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
      assertThat(at(hub, probe + ".httpGet.port")).isEqualTo("management");
    }
    assertThat(at(hub, "readinessProbe.httpGet.path")).isEqualTo("/observe/health/ready");
    assertThat(at(hub, "livenessProbe.httpGet.path")).isEqualTo("/observe/health/live");

    List<String> wait = strings(at(hub, "lifecycle.preStop.exec.command"));
    assertThat((Integer) at(pod, "terminationGracePeriodSeconds"))
        .isGreaterThan(stopSeconds() + Integer.parseInt(wait.get(1)));
    assertThat(map(at(hub, "resources.limits"))).containsKey("memory");
  }

  @Test
  void the_pods_mount_the_data_the_secrets_and_each_route() throws IOException {
    Object pod = at(kubernetes("deployment.yaml"), "spec.template.spec");
    Map<String, Object> mounts = new LinkedHashMap<>();
    for (Object one : (List<?>) at(pod, "containers[0].volumeMounts")) {
      mounts.put((String) at(one, "mountPath"), at(one, "name"));
    }
    Set<Object> volumes =
        ((List<?>) at(pod, "volumes"))
            .stream().map(one -> at(one, "name")).collect(Collectors.toSet());

    assertThat(mounts).containsKeys("/data", "/tmp", "/run/secrets/hub", "/hub/routes/own");
    assertThat(volumes).containsExactlyInAnyOrderElementsOf(Set.copyOf(mounts.values()));
    List<String> items = new ArrayList<>();
    for (Object one : (List<?>) at(pod, "volumes[3].configMap.items")) {
      items.add((String) at(one, "path"));
      assertThat((String) at(one, "path")).endsWith((String) at(one, "key"));
    }
    assertThat(items)
        .isEqualTo(at(kubernetes("kustomization.yaml"), "configMapGenerator[0].files"));
    Set<String> secrets =
        new TreeSet<>(map(at(kubernetes("secret.template.yaml"), "stringData")).keySet());
    assertThat(secrets).contains("HUB_ADMIN_KEY", "HUB_API_KEYS", "HUB_ENCRYPTION_KEYS");
    secrets.removeAll(knownVariables());
    assertThat(routeSecrets()).containsAll(secrets);
  }

  @Test
  void the_unit_starts_the_script_keeps_it_from_all_else_and_leaves_time_for_the_stop()
      throws IOException {
    Map<String, String> unit =
        Files.readAllLines(UNIT).stream()
            .filter(line -> line.matches("\\w+=.*"))
            .map(line -> line.split("=", 2))
            .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));

    assertThat(unit)
        .containsEntry("ExecStart", "/opt/integration-master/integration-master")
        .containsEntry("DynamicUser", "yes")
        .containsEntry("ProtectSystem", "strict")
        .containsEntry("NoNewPrivileges", "yes")
        .containsEntry("Restart", "on-failure")
        .containsEntry("RestartPreventExitStatus", "2")
        .containsEntry("Environment", "DATA_DIR=/var/lib/" + unit.get("StateDirectory"));
    assertThat(Integer.parseInt(unit.get("TimeoutStopSec"))).isGreaterThan(stopSeconds());
  }

  @Test
  void systemd_understands_the_unit() throws Exception {
    assumeTrue(isInstalled("systemd-analyze"), "needs systemd-analyze");
    // The program is not installed here.
    Path unit =
        Files.writeString(
            folder.resolve("integration-master.service"),
            Files.readString(UNIT).replaceFirst("(?m)^ExecStart=.*$", "ExecStart=/bin/true"));

    assertThat(run("systemd-analyze", "verify", unit.toString())).isEmpty();
  }

  @Test
  void kustomize_builds_what_the_template_is_copied_to() throws Exception {
    assumeTrue(isInstalled("kubectl"), "needs kubectl");
    copy(KUBERNETES, folder);
    Files.copy(folder.resolve("secret.template.yaml"), folder.resolve("secret.yaml"));

    assertThat(run("kubectl", "kustomize", folder.toString()))
        .contains("kind: Deployment", "image: integration-master:" + version(), "kind: Secret")
        .containsPattern("name: integration-master-[a-z0-9]+\n");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path copy = to.resolve(from.relativize(file));
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    }
  }

  private static boolean isInstalled(String command) {
    return Stream.of(System.getenv("PATH").split(":"))
        .anyMatch(path -> Files.isExecutable(Path.of(path, command)));
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }
}
