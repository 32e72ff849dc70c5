-- How the version with 14 migrations appends, claims and finishes on PostgreSQL. Nodes of it run beside newer ones during
-- an upgrade. Not to be changed: a later version adds a file of its own, and drops this one when its oldest_version does.

-- append
WITH opened AS (
  INSERT INTO inbox_lane AS l (route, ordering_key, head, due_at)
  SELECT k.route, k.ordering_key, nextval('inbox_sequence'), clock_timestamp()
  FROM unnest(?::text[], ?::text[]) AS k (route, ordering_key)
  ON CONFLICT (route, ordering_key) DO UPDATE SET head = l.head WHERE FALSE
  RETURNING 1),
drawn AS (
  SELECT array_agg(d.number ORDER BY d.number) AS numbers
  FROM (
    SELECT nextval('inbox_sequence') AS number FROM generate_series(1, ?)
    WHERE (SELECT count(*) FROM opened) >= 0) d),
stored AS (
  INSERT INTO inbox_event (id, source, provider_event_id, type, ordering_key, received_at, headers, payload, sequence)
  SELECT e.id, e.source, e.provider_event_id, e.type, e.ordering_key, e.received_at::timestamptz, e.headers, e.payload,
         (SELECT numbers FROM drawn)[e.place]
  FROM unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bytea[], ?::int[])
       AS e (id, source, provider_event_id, type, ordering_key, received_at, headers, payload, place)
  ON CONFLICT (source, provider_event_id) DO NOTHING
  RETURNING id, source),
delivered AS (
  INSERT INTO inbox_delivery (event_id, route, source, ordering_key, sequence, status, attempts, due_at)
  SELECT d.event_id, d.route, s.source, d.ordering_key, (SELECT numbers FROM drawn)[d.place], 'received', 0, now()
  FROM unnest(?::uuid[], ?::text[], ?::text[], ?::int[]) AS d (event_id, route, ordering_key, place)
  JOIN stored s ON s.id = d.event_id
  RETURNING route),
counted AS (
  INSERT INTO inbox_tally (source, shard, stored, ignored)
  SELECT s.source, ?, count(*), count(*) FILTER (WHERE s.id = ANY (?::uuid[])) FROM stored s
  GROUP BY s.source
  ORDER BY s.source
  ON CONFLICT (source, shard) DO UPDATE
  SET stored = inbox_tally.stored + excluded.stored, ignored = inbox_tally.ignored + excluded.ignored)
SELECT s.id FROM stored s
WHERE (SELECT count(pg_notify('hub_inbox' || CASE current_schema() WHEN 'public' THEN '' ELSE '_' || current_schema() END, r.route)::text) FROM (SELECT DISTINCT route FROM delivered) r) >= 0

-- claim
WITH due AS (
  SELECT c.event_id, c.due_at FROM inbox_delivery c
  WHERE c.route = ? AND c.ordering_key IS NULL AND c.due_at <= statement_timestamp() AND (c.status <> 'processing' OR NOT c.begun)
  ORDER BY c.due_at
  LIMIT ?
  FOR UPDATE SKIP LOCKED),
ranked AS (
  SELECT event_id, NULL::text AS ordering_key, TRUE AS first, row_number() OVER (ORDER BY event_id) AS rank FROM due),
sized AS (
  SELECT r.event_id, r.first, r.rank, e.source, e.provider_event_id, e.type, e.ordering_key, e.received_at, e.headers, e.payload,
         sum(octet_length(e.payload) + octet_length(e.headers)) OVER (ORDER BY r.rank) AS bytes
  FROM ranked r JOIN inbox_event e ON e.id = r.event_id
  WHERE r.rank <= ?),
leased AS (
  UPDATE inbox_delivery d
  SET status = 'processing', attempts = d.attempts + CASE WHEN d.status = 'processing' AND NOT d.begun THEN 0 ELSE 1 END,
      begun = s.first AND s.rank <= ?, lease_token = ?, due_at = clock_timestamp() + ? * interval '1 millisecond'
  FROM sized s
  WHERE d.route = ? AND d.event_id = s.event_id AND d.due_at IS NOT NULL AND (s.bytes <= ? OR (s.rank = 1 AND ?))
  RETURNING d.event_id, d.attempts, d.begun, d.run_by, s.source, s.provider_event_id, s.type, s.ordering_key, s.received_at, s.headers, s.payload,
            right(d.attempt_log, ?) AS log_end, d.ordering_key AS lane, d.sequence, d.keyed_as, s.rank)
SELECT l.* FROM leased l ORDER BY l.rank

-- finish
UPDATE inbox_delivery d
SET status = o.status, attempts = d.attempts - o.refund, lease_token = NULL,
    run_by = CASE WHEN o.log_line = '' THEN d.run_by END,
    due_at = clock_timestamp() + o.delay_ms * interval '1 millisecond',
    finished_at = CASE WHEN o.delay_ms IS NULL THEN clock_timestamp() END,
    last_error = CASE WHEN o.passing THEN coalesce(d.last_error, o.error) ELSE coalesce(o.error, d.last_error) END,
    attempt_log = CASE
      WHEN o.folded <> '' THEN left(d.attempt_log, length(d.attempt_log) - length(o.folded))
      WHEN length(d.attempt_log) > 50000 THEN regexp_replace(right(d.attempt_log, 50000), E'^[^\\n]*\\n', '')
      ELSE d.attempt_log END || o.log_line
FROM unnest(?::uuid[], ?::text[], ?::uuid[], ?::text[], ?::bigint[], ?::int[], ?::text[], ?::boolean[], ?::text[], ?::text[])
     AS o (event_id, route, token, status, delay_ms, refund, error, passing, log_line, folded)
WHERE d.event_id = o.event_id AND d.route = o.route AND d.lease_token = o.token
RETURNING d.event_id, d.route

-- publish
INSERT INTO inbox_handler (node, route, source, types, ordered, formerly, live_until) VALUES (?, ?, ?, ?, ?, ?, CURRENT_TIMESTAMP + CAST(? AS bigint) * INTERVAL '0.001' SECOND)
