-- A replay of many events, in steps, so that it can be watched and stopped.
CREATE TABLE replay_job (
  id         uuid         PRIMARY KEY,
  filter     varchar(65536) NOT NULL,         -- JSON object, as it was asked for
  state      varchar(10)  NOT NULL,           -- running done cancelled failed
  total      bigint       NOT NULL,           -- events that were meant when it began
  done       bigint       NOT NULL,           -- events put back so far
  started_by varchar(255) NOT NULL,
  started_at timestamp(3) with time zone NOT NULL,
  moved_at   timestamp(3) with time zone NOT NULL  -- last sign of life
);

-- Handler routes that an operator suspended; held to also after a restart.
CREATE TABLE suspended_route (
  route        varchar(255) PRIMARY KEY,
  suspended_by varchar(255) NOT NULL,
  suspended_at timestamp(3) with time zone NOT NULL
);
