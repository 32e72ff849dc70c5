-- How an event came that its provider did not deliver; without a row: by a webhook or from a route. A table of its own, so that an older node goes on storing events, and events that came the usual way cost nothing more.
CREATE TABLE inbox_arrival (
  event_id   uuid         PRIMARY KEY REFERENCES inbox_event (id) ON DELETE CASCADE,
  arrived_by varchar(16)  NOT NULL            -- catch-up
);

-- When events that a provider could not deliver are asked for next. One row a route that does so.
CREATE TABLE catch_up (
  name        varchar(255) PRIMARY KEY,       -- source, provider and address
  next_at     timestamptz NOT NULL,
  ended_at    timestamptz,    -- of the last run, failed ones too
  failures    integer      NOT NULL,          -- runs that failed since the last that did not
  resume      varchar(8192),                  -- JSON object: where a run goes on that failed
  lease_token uuid,                           -- the node that runs it
  lease_until timestamptz
);

-- The runs of the last week, by schedule and by operators.
CREATE TABLE catch_up_run (
  id         uuid         PRIMARY KEY,
  source     varchar(64)  NOT NULL,
  state      varchar(16)  NOT NULL,           -- waiting running done failed interrupted
  dry_run    boolean      NOT NULL,
  since      timestamptz NOT NULL,
  until      timestamptz NOT NULL,
  found      bigint       NOT NULL,           -- undelivered ones that are meant for the source
  missing    bigint       NOT NULL,           -- of these, not in the inbox
  appended   bigint       NOT NULL,
  error      varchar(1000),
  note       varchar(1000),
  started_by varchar(255) NOT NULL,
  started_at timestamptz NOT NULL,
  moved_at   timestamptz NOT NULL  -- last sign of life
);
CREATE INDEX catch_up_run_moved ON catch_up_run (moved_at);
