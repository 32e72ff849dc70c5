package hub.console;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Supplier;

/** {@code GET /api/admin/dev}: how the last reload of a hub with {@code hub.dev=true} ended. */
public final class DevApi extends JsonRoutes {
  private final Supplier<ObjectNode> state;

  /**
   * @param state the answer
   */
  public DevApi(Supplier<ObjectNode> state) {
    this.state = state;
  }

  @Override
  public void configure() {
    get(
        "/dev",
        "admin-show-dev",
        "Tells how the last reload of saved files ended.",
        exchange -> {
          noParameters(exchange);
          return state.get();
        });
  }
}
