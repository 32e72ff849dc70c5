package hub.inbox.engine;

/** An event and what its replay changes. */
record PlannedReplay(ReplayedEvent event, ReplayPlan plan) {}
