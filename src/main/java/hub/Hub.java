package hub;

/** Starts Integration Master. */
public final class Hub {
  private Hub() {}

  public static void main(String[] args) {
    System.out.println("integration-master");
  }
}
