package hub.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Parameters;

/** Writes a call of an HTTP API. */
@Command(
    name = "call",
    description = {
      "Writes a route that calls an HTTP API and answers at a path of the hub, and its test.",
      "The name's first word is the provider, the rest the operation: crm-show-customer is served at"
          + " /api/crm/show-customer."
    },
    mixinStandardHelpOptions = true)
final class NewCall implements Callable<Integer> {
  /** Paths of the hub's own API. */
  private static final Set<String> TAKEN =
      Set.of("admin", "auth", "webhooks", "payments", "email", "files", "analytics", "openapi");

  private final CliContext cliContext;

  @Parameters(
      paramLabel = "NAME",
      description = "The route's id: provider and operation, such as crm-show-customer.")
  private String name;

  NewCall(CliContext cliContext) {
    this.cliContext = cliContext;
  }

  @Override
  public Integer call() {
    NewName route = NewName.of("NAME", name);
    if (TAKEN.contains(route.first())) {
      throw CommandFailedException.wrongUsage(
          "NAME: /api/"
              + route.first()
              + " is the hub's own; begin with another word, such as my"
              + route.text());
    }
    TakenNames.refuseFolder("NAME", route.first());
    TakenNames.refuseIds(cliContext.routes(), route.text());
    Path folder = cliContext.routes().resolve(route.first());
    List<Path> written =
        new NewFiles()
            .with(folder.resolve(route.text() + ".camel.yaml"), route(route))
            .with(folder.resolve(route.text() + ".test.yaml"), test(route))
            .write();
    written.forEach(file -> cliContext.out().println("wrote " + NewFiles.shown(file)));
    String provider = variable(route);
    cliContext.out().println("Next: write the API's address, path and operation in the route, set");
    cliContext.out().println("  " + provider + "_API_BASE   where the API is");
    cliContext
        .out()
        .println(
            "  "
                + provider
                + "_API_KEY    its key, as a variable or in a file of the secrets folder");
    cliContext.out().println("then");
    cliContext.out().println("  lint");
    cliContext.out().println("  test " + NewFiles.shown(written.get(1)));
    cliContext
        .out()
        .println("Callers of the hub use " + path(route) + " with a key of HUB_API_KEYS.");
    return ExitCode.OK;
  }

  private static String variable(NewName route) {
    return new NewName(route.first()).variable();
  }

  private static String operation(NewName route) {
    return route.rest().isEmpty() ? "call" : route.rest();
  }

  private static String path(NewName route) {
    return "/api/" + route.first() + (route.rest().isEmpty() ? "" : "/" + route.rest());
  }

  private static String route(NewName route) {
    return """
        - route:
            id: %1$s
            description: Answers with what the API of %2$s answers.
            from:
              uri: platform-http:%3$s
              parameters:
                httpMethodRestrict: GET
              steps:
                - to:
                    id: ask-%1$s
                    uri: kamelet:http-api-action
                    parameters:
                      baseUrl: "{{%4$s_API_BASE:https://api.%2$s.example}}"
                      path: /%5$s
                      auth: bearer
                      secret: %4$s_API_KEY
                      provider: %2$s
                      operation: %5$s
                - marshal:
                    json:
                      library: Jackson
        """
        .formatted(route.text(), route.first(), path(route), variable(route), operation(route));
  }

  private static String test(NewName route) {
    return """
        - name: %1$s answers with what the API of %2$s answers
          given:
            request:
              method: GET
              path: %3$s
          stubs:
            ask-%1$s:
              body: {name: Ada}
          then:
            answer:
              status: 200
              body: {name: Ada}
            calls:
              ask-%1$s: {times: 1, path: /%4$s}
        """
        .formatted(route.text(), route.first(), path(route), operation(route));
  }
}
