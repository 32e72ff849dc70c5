-- Lists of a type's events, newest first; and which types there are, by leaping. Ids grow, so each type's end stays in memory.
CREATE INDEX inbox_event_type ON inbox_event (source, type, id);

-- A replay of many events, in steps, so that it can be watched and stopped from any node.
CREATE TABLE replay_job (
  id         uuid         PRIMARY KEY,
  filter     text         NOT NULL,           -- JSON object, as it was asked for
  state      varchar(10)  NOT NULL,           -- running done cancelled failed
  total      bigint       NOT NULL,           -- events that were meant when it began
  done       bigint       NOT NULL,           -- events put back so far
  started_by varchar(255) NOT NULL,
  started_at timestamptz  NOT NULL,
  moved_at   timestamptz  NOT NULL            -- last sign of life
);

-- Handler routes that an operator suspended; every node holds to it, also after a restart.
CREATE TABLE suspended_route (
  route        varchar(255) PRIMARY KEY,
  suspended_by varchar(255) NOT NULL,
  suspended_at timestamptz  NOT NULL
);
