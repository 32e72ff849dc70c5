-- An event as it came: written once, never changed, so that an append is one insert and handling copies no payload.
CREATE TABLE inbox_event (
  id                uuid         PRIMARY KEY,           -- version 7: in order of receipt
  source            varchar(64)  NOT NULL,
  provider_event_id varchar(255) NOT NULL,              -- the provider's; longer ones end in their SHA-256
  type              varchar(255) NOT NULL,
  ordering_key      varchar(255),
  received_at       timestamp(3) with time zone NOT NULL,
  headers           varchar(65536) NOT NULL,            -- JSON object, secrets masked
  payload           varbinary(16777216) NOT NULL,       -- exactly the bytes that were received
  CONSTRAINT inbox_event_once UNIQUE (source, provider_event_id)
);

-- What one handler route has to do, or has done, with one event. No row: no handler matched, the event is ignored.
CREATE TABLE inbox_delivery (
  event_id     uuid         NOT NULL REFERENCES inbox_event (id) ON DELETE CASCADE,
  route        varchar(255) NOT NULL,
  source       varchar(64)  NOT NULL,
  ordering_key varchar(255),                            -- where the handler asks for order
  status       varchar(10)  NOT NULL,                   -- received processing retrying done dead
  attempts     integer      NOT NULL,
  due_at       timestamp(3) with time zone,             -- when it may be claimed: now, after the delay, when the lease ends; null: finished
  lease_token  uuid,                                    -- who may finish it
  finished_at  timestamp(3) with time zone,
  last_error   varchar(2000),
  attempt_log  varchar(1048576) NOT NULL DEFAULT '',    -- one JSON object a line: at, durationMs, outcome, error
  lane         varchar(255) GENERATED ALWAYS AS (CASE WHEN due_at IS NOT NULL THEN ordering_key END),  -- the key while unfinished
  PRIMARY KEY (event_id, route)
);

-- Each index costs as much as the row itself, at the append and, where its columns change, at the claim and at the end.
-- H2 has no partial ones: what is finished lies in a part of its own, which nobody reads.
CREATE INDEX inbox_delivery_open ON inbox_delivery (status, route, due_at);
-- Keys come in any order, each to a page of its own: only those that somebody needs are in here.
CREATE INDEX inbox_delivery_lane ON inbox_delivery (lane, route, event_id);
-- An operator's list of a source's events, newest first.
CREATE INDEX inbox_event_source ON inbox_event (source, id);

-- How many events of a source there are, kept with each append, so that counting need not read them.
CREATE TABLE inbox_tally (
  source  varchar(64) NOT NULL,
  shard   smallint    NOT NULL,
  stored  bigint      NOT NULL,
  ignored bigint      NOT NULL,
  PRIMARY KEY (source, shard)
);
