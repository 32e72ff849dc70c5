-- Takes over what a subscription event says. Locks that one row. An event older than the one applied last,
-- or of a lower rank within the same second, or stored before it, changes nothing. The same one again changes
-- only what is now read differently, so that a replay through a corrected route mends what the old one wrote.
INSERT INTO subscription AS known
  (account, id, customer_id, status, current_period_end, cancel_at_period_end, event_at, event_rank, event_sequence, event_id, updated_at)
VALUES (
  COALESCE(CAST(:#${variable.account} AS varchar), ''),
  :#${variable.subscriptionId},
  :#${variable.subscription[customer]},
  :#${variable.status},
  to_timestamp(CAST(:#${variable.periodEnd} AS bigint)),
  COALESCE(CAST(:#${variable.subscription[cancel_at_period_end]} AS boolean), false),
  to_timestamp(CAST(:#${variable.eventAt} AS bigint)),
  CAST(:#${variable.rank} AS smallint),
  CAST(:#${variable.sequence} AS bigint),
  CAST(:#${variable.eventId} AS uuid),
  CURRENT_TIMESTAMP)
ON CONFLICT (account, id) DO UPDATE SET
  customer_id = excluded.customer_id,
  status = excluded.status,
  current_period_end = excluded.current_period_end,
  cancel_at_period_end = excluded.cancel_at_period_end,
  event_at = excluded.event_at,
  event_rank = excluded.event_rank,
  event_sequence = excluded.event_sequence,
  event_id = excluded.event_id,
  updated_at = excluded.updated_at
WHERE known.event_at IS NULL
   OR (known.event_at, known.event_rank, known.event_sequence, known.event_id) < (excluded.event_at, excluded.event_rank, excluded.event_sequence, excluded.event_id)
   OR (known.event_id = excluded.event_id
     AND (known.customer_id, known.status, known.current_period_end, known.cancel_at_period_end, known.event_at, known.event_rank)
       IS DISTINCT FROM
       (excluded.customer_id, excluded.status, excluded.current_period_end, excluded.cancel_at_period_end, excluded.event_at, excluded.event_rank))
