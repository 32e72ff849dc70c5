-- An event as it came: written once, never changed, so that an append is one insert and handling copies no payload.
CREATE TABLE inbox_event (
  id                uuid         PRIMARY KEY,           -- version 7: in order of receipt
  source            varchar(64)  NOT NULL,
  provider_event_id varchar(255) NOT NULL,              -- the provider's; longer ones end in their SHA-256
  type              varchar(255) NOT NULL,
  ordering_key      varchar(255),
  received_at       timestamptz  NOT NULL,
  headers           text         NOT NULL,              -- JSON object, secrets masked
  payload           bytea        NOT NULL,              -- exactly the bytes that were received
  CONSTRAINT inbox_event_once UNIQUE (source, provider_event_id)
);

-- What one handler route has to do, or has done, with one event. No row: no handler matched, the event is ignored.
CREATE TABLE inbox_delivery (
  event_id     uuid         NOT NULL REFERENCES inbox_event (id) ON DELETE CASCADE,
  route        varchar(255) NOT NULL,
  source       varchar(64)  NOT NULL,
  ordering_key varchar(255),
  status       varchar(10)  NOT NULL,                   -- received processing retrying done dead
  attempts     integer      NOT NULL,
  due_at       timestamptz,                             -- when it may be claimed: now, after the delay, when the lease ends; null: finished
  lease_token  uuid,                                    -- who may finish it
  finished_at  timestamptz,
  last_error   varchar(2000),
  attempt_log  text         NOT NULL DEFAULT '',        -- one JSON object a line: at, durationMs, outcome, error
  PRIMARY KEY (event_id, route)
) WITH (fillfactor = 70);

CREATE INDEX inbox_delivery_due ON inbox_delivery (route, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX inbox_delivery_lane ON inbox_delivery (route, ordering_key, event_id) WHERE due_at IS NOT NULL AND ordering_key IS NOT NULL;
CREATE INDEX inbox_delivery_busy_lane ON inbox_delivery (route, ordering_key) WHERE status = 'processing' AND ordering_key IS NOT NULL;
-- Done events are most of the table and nobody looks for them by state alone.
CREATE INDEX inbox_delivery_open ON inbox_delivery (status, source, event_id) WHERE status <> 'done';
-- An operator's list of a source's events, newest first.
CREATE INDEX inbox_event_source ON inbox_event (source, id);

-- How many events of a source there are, kept with each append, so that counting need not read them. Sharded so that nodes do not wait for each other.
CREATE TABLE inbox_tally (
  source  varchar(64) NOT NULL,
  shard   smallint    NOT NULL,
  stored  bigint      NOT NULL,
  ignored bigint      NOT NULL,
  PRIMARY KEY (source, shard)
);
