-- The order in which the store took its events, whatever the clock says. Events of earlier versions have 0 and go by their id.
-- One process draws numbers, so it may draw many at a time; a crash leaves a gap.
CREATE SEQUENCE inbox_sequence CACHE 1000;
ALTER TABLE inbox_event ADD COLUMN sequence bigint DEFAULT 0 NOT NULL;
ALTER TABLE inbox_delivery ADD COLUMN sequence bigint DEFAULT 0 NOT NULL;

-- A lane: the unfinished deliveries of an ordered handler with one key. Only its oldest one, and those that follow it, can be claimed.
-- Whoever adds to a lane or finishes in it locks its row. No row: nothing waits in it.
CREATE TABLE inbox_lane (
  route        varchar(255) NOT NULL,
  ordering_key varchar(255) NOT NULL,
  head         bigint       NOT NULL,                   -- no unfinished delivery of the lane has a lower number
  due_at       timestamp(3) with time zone NOT NULL,    -- when it may be claimed: now, after the first one's delay, when the lease ends
  lease_token  uuid,                                    -- of the claim that holds it
  PRIMARY KEY (route, ordering_key)
);
CREATE INDEX inbox_lane_due ON inbox_lane (route, due_at);

DROP INDEX inbox_delivery_lane;
CREATE INDEX inbox_delivery_lane ON inbox_delivery (lane, route, sequence, event_id);

INSERT INTO inbox_lane (route, ordering_key, head, due_at, lease_token)
SELECT d.route, d.lane, 0, d.due_at, d.lease_token
FROM inbox_delivery d
WHERE d.lane IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM inbox_delivery o WHERE o.lane = d.lane AND o.route = d.route AND o.event_id < d.event_id);

-- Which of two events of the same second was stored first.
ALTER TABLE subscription ADD COLUMN event_sequence bigint DEFAULT 0 NOT NULL;
ALTER TABLE subscription ADD COLUMN last_failed_sequence bigint DEFAULT 0 NOT NULL;
