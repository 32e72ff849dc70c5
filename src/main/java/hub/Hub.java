package hub;

import org.apache.camel.main.Main;

/** Starts Integration Master. */
public final class Hub {
  private Hub() {}

  public static void main(String[] args) throws Exception {
    Main main = new Main();
    main.setPropertyPlaceholderLocations(
        "classpath:hub/application.properties;optional=true,file:application.properties;optional=true");
    main.run(args);
  }
}
