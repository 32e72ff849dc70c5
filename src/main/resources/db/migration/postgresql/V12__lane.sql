-- The order in which the store took its events, whatever the nodes' clocks say. Events of earlier versions have 0 and go by their id.
CREATE SEQUENCE inbox_sequence;
ALTER TABLE inbox_event ADD COLUMN sequence bigint NOT NULL DEFAULT 0;
ALTER TABLE inbox_delivery ADD COLUMN sequence bigint NOT NULL DEFAULT 0;

-- A lane: the unfinished deliveries of an ordered handler with one key. Only its oldest one, and those that follow it, can be claimed.
-- Whoever adds to a lane or finishes in it locks its row. No row: nothing waits in it.
CREATE TABLE inbox_lane (
  route        varchar(255) NOT NULL,
  ordering_key varchar(255) NOT NULL,
  head         bigint       NOT NULL,                   -- no unfinished delivery of the lane has a lower number
  due_at       timestamptz  NOT NULL,                   -- when it may be claimed: now, after the first one's delay, when the lease ends
  lease_token  uuid,                                    -- of the claim that holds it
  PRIMARY KEY (route, ordering_key)
) WITH (fillfactor = 70);
-- An expression, so that only the claim can use it: what looks for a single lane must not be planned as a look at all lanes of a route.
CREATE INDEX inbox_lane_due ON inbox_lane ((route || ''), due_at);

-- From now on a delivery has a key only if it is in a lane; an event without key is a lane by itself. Handlers that ask for no order
-- take their waiting deliveries out of the lanes at their start.
DROP INDEX inbox_delivery_due;
CREATE INDEX inbox_delivery_due ON inbox_delivery (route, due_at) WHERE due_at IS NOT NULL AND ordering_key IS NULL;
DROP INDEX inbox_delivery_lane;
CREATE INDEX inbox_delivery_lane ON inbox_delivery (route, ordering_key, sequence, event_id) WHERE due_at IS NOT NULL AND ordering_key IS NOT NULL;
DROP INDEX inbox_delivery_busy_lane;

INSERT INTO inbox_lane (route, ordering_key, head, due_at, lease_token)
SELECT DISTINCT ON (route, ordering_key) route, ordering_key, 0, due_at, lease_token
FROM inbox_delivery
WHERE due_at IS NOT NULL AND ordering_key IS NOT NULL
ORDER BY route, ordering_key, event_id;

-- Which of two events of the same second was stored first.
ALTER TABLE subscription ADD COLUMN event_sequence bigint DEFAULT 0 NOT NULL;
ALTER TABLE subscription ADD COLUMN last_failed_sequence bigint DEFAULT 0 NOT NULL;
