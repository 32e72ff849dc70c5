package hub.inbox.simulation;

import hub.inbox.ReplayKeySpentException;
import hub.inbox.db.Receipt;
import hub.inbox.engine.AppendCallback;
import hub.inbox.engine.EventWriter;
import hub.inbox.engine.NoHandlerException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** One run: senders, nodes and their crashes, until all that was acknowledged is handled. */
final class Simulation {
  /** After the last fault; all retries and leases together take less. */
  private static final Duration GIVE_UP = Duration.ofMinutes(3);

  /** Longer than a lease. */
  private static final Duration MOST_FROZEN = Duration.ofSeconds(12);

  private static final Duration LAST_EVENT = Duration.ofSeconds(25);

  /** Two requests under one token come at about the same time. */
  private static final Duration MOST_APART = Duration.ofMillis(5);

  /**
   * The result.
   *
   * @param effects how many a handler began
   * @param trace a number that depends on every step
   */
  record Result(Optional<AssertionError> violation, int effects, int acknowledged, Trace trace) {}

  private record Step(long at, int order, Runnable action) implements Comparable<Step> {
    @Override
    public int compareTo(Step other) {
      return at == other.at ? Integer.compare(order, other.order) : Long.compare(at, other.at);
    }
  }

  private final SimulatedDatabase database;
  private final Trace trace;
  private final Baton baton;
  private final Faults faults;
  private final Ledger ledger;
  private final PriorityQueue<Step> agenda = new PriorityQueue<>();
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final Set<Sender> senders = new LinkedHashSet<>();
  private final Set<String> acknowledged = new TreeSet<>();
  private int steps;
  private int nodeNumbers;

  private Simulation(SimulatedDatabase database, long seed, boolean kept) {
    this.database = database;
    this.trace = new Trace(kept);
    this.baton = new Baton(seed, trace);
    this.faults = Faults.drawn(baton.random());
    this.ledger = new Ledger(baton, database);
  }

  /**
   * Runs a seed.
   *
   * @param kept keep the text of the trace
   */
  static Result run(SimulatedDatabase database, long seed, Mutant mutant, boolean kept)
      throws SQLException {
    Simulation simulation = new Simulation(database, seed, kept);
    database.begin(
        new SimulatedDatabase.Run(
            simulation.baton,
            simulation.faults,
            mutant,
            simulation.ledger::checkCommit,
            new HashMap<>()));
    try {
      simulation.run();
    } finally {
      simulation.nodes.stream().toList().forEach(simulation::crash);
      simulation.baton.crash(Baton.OUTSIDE);
      database.end();
    }
    return new Result(
        simulation.baton.violation(),
        simulation.ledger.effects(),
        simulation.acknowledged.size(),
        simulation.trace);
  }

  private void run() {
    baton.note(faults.toString());
    int size = faults.cluster() ? 2 + baton.random().nextInt(2) : 1;
    for (int i = 0; i < size; i++) {
      startNode();
    }
    planEvents();
    for (int i = 0; i < faults.crashes(); i++) {
      after(baton.upTo(Faults.UNTIL.toNanos()), this::crashOne);
    }
    for (int i = 0; i < faults.freezes(); i++) {
      after(baton.upTo(Faults.UNTIL.toNanos()), this::freezeOne);
    }
    long end = Faults.UNTIL.plus(GIVE_UP).toNanos();
    while (baton.violation().isEmpty() && baton.now() < end && !isFinished()) {
      takeSteps();
      baton.pause(untilNextStep());
    }
    if (baton.violation().isEmpty()) {
      ledger.checkEnd(acknowledged);
    }
  }

  private boolean isFinished() {
    return agenda.isEmpty() && senders.isEmpty() && ledger.isAllFinished();
  }

  private long untilNextStep() {
    long most = TimeUnit.MILLISECONDS.toNanos(500);
    return agenda.isEmpty() ? most : Math.max(0, Math.min(most, agenda.peek().at() - baton.now()));
  }

  private void takeSteps() {
    while (!agenda.isEmpty() && agenda.peek().at() <= baton.now()) {
      agenda.remove().action().run();
    }
    nodes.forEach(
        node -> {
          if (node.missingLanes() > 0) {
            baton.violated("the check found a lane missing");
          }
        });
  }

  private void after(long nanos, Runnable action) {
    agenda.add(new Step(baton.now() + nanos, steps++, action));
  }

  private void startNode() {
    SimulatedNode node = new SimulatedNode(baton, database, ledger, faults, ++nodeNumbers);
    baton.note("node " + node.number() + " starts");
    nodes.add(node);
    node.start();
  }

  private void crashOne() {
    if (nodes.isEmpty()) {
      return;
    }
    SimulatedNode node = nodes.get(baton.random().nextInt(nodes.size()));
    crash(node);
    // A cluster may be without the node for longer than its leases.
    after(baton.upTo(TimeUnit.SECONDS.toNanos(10)), this::startNode);
  }

  private void freezeOne() {
    if (!nodes.isEmpty()) {
      int node = nodes.get(baton.random().nextInt(nodes.size())).number();
      baton.note("node " + node + " stands still");
      baton.freeze(node, baton.upTo(MOST_FROZEN.toNanos()));
    }
  }

  private void crash(SimulatedNode node) {
    baton.note("node " + node.number() + " crashes");
    nodes.remove(node);
    baton.crash(node.number());
    database.crash(node.number());
    ledger.crashed(node.number());
    sendersOf(node);
  }

  private void planEvents() {
    for (List<SimulatedRequest> rivals : SimulatedRequest.drawn(baton)) {
      long at = arrival();
      for (SimulatedRequest one : rivals) {
        ledger.expects(one);
        after(at + baton.upTo(MOST_APART.toNanos()), () -> new Sender(one).send());
      }
    }
  }

  /** Half of them come in bursts. */
  private long arrival() {
    long last = LAST_EVENT.toNanos();
    return baton.happens(0.5) ? (last / 5) * baton.random().nextInt(5) : baton.upTo(last);
  }

  private void sendersOf(SimulatedNode node) {
    senders.stream().filter(sender -> sender.asked == node).toList().forEach(Sender::fail);
  }

  /** Sends a request until it is acknowledged or refused, and sometimes once more. */
  private final class Sender implements AppendCallback {
    private final SimulatedRequest request;

    /** The node that has not answered yet; null: none. */
    private SimulatedNode asked;

    Sender(SimulatedRequest request) {
      this.request = request;
      senders.add(this);
    }

    void send() {
      SimulatedNode node = nodes.isEmpty() ? null : nodes.get(baton.random().nextInt(nodes.size()));
      Optional<EventWriter> writer = node == null ? Optional.empty() : node.writer();
      if (writer.isEmpty()) {
        sendAgain();
        return;
      }
      asked = node;
      baton.note("sends " + request.name() + " to node " + node.number());
      writer.get().append(request.events(), request.replayKey(), this);
    }

    private void sendAgain() {
      after(TimeUnit.MILLISECONDS.toNanos(200) + baton.upTo(2_000_000_000), this::send);
    }

    @Override
    public void stored(List<Receipt> receipts) {
      if (baton.current().crashed()) {
        return;
      }
      asked = null;
      baton.note("acknowledged " + request.name());
      acknowledged.add(request.name());
      if (baton.now() < Faults.UNTIL.toNanos() && baton.happens(0.15)) {
        sendAgain();
      } else {
        senders.remove(this);
      }
      if (baton.now() < Faults.UNTIL.toNanos() && baton.happens(0.05)) {
        after(baton.upTo(5_000_000_000L), () -> replay(receipts.get(0).id()));
      }
    }

    @Override
    public void failed(Exception error) {
      if (baton.current().crashed()) {
        return;
      }
      baton.note("not stored: " + request.name());
      if (error instanceof ReplayKeySpentException) {
        asked = null;
        senders.remove(this);
        if (acknowledged.contains(request.name())) {
          baton.violated(request.name() + " was acknowledged, and then refused for its token");
        }
      } else {
        fail();
      }
    }

    private void fail() {
      asked = null;
      sendAgain();
    }
  }

  /** An operator runs the event again. */
  private void replay(UUID event) {
    SimulatedNode node = nodes.isEmpty() ? null : nodes.get(baton.random().nextInt(nodes.size()));
    if (node == null || node.replays().isEmpty()) {
      return;
    }
    ledger.replays(event);
    baton.start(
        node.number(),
        "operator",
        () -> {
          try {
            node.replays().orElseThrow().replay(event, "operator");
          } catch (SQLException | NoHandlerException e) {
            baton.note("not run again: " + e.getMessage());
          }
        });
  }
}
