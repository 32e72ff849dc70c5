-- Takes over what a subscription event says. Locks that one row. An event older than the one applied last,
-- or of a lower rank within the same second, or stored before it, changes nothing. The same one again changes
-- only what is now read differently, so that a replay through a corrected route mends what the old one wrote.
-- Of two that find no row yet, one fails on the primary key; the policy tries it again.
MERGE INTO subscription known
USING (VALUES (
  COALESCE(CAST(:#${variable.account} AS varchar), ''),
  CAST(:#${variable.subscriptionId} AS varchar),
  CAST(:#${variable.subscription[customer]} AS varchar),
  CAST(:#${variable.status} AS varchar),
  TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00Z' + CAST(:#${variable.periodEnd} AS bigint) * INTERVAL '1' SECOND,
  COALESCE(CAST(:#${variable.subscription[cancel_at_period_end]} AS boolean), false),
  TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00Z' + CAST(:#${variable.eventAt} AS bigint) * INTERVAL '1' SECOND,
  CAST(:#${variable.rank} AS smallint),
  CAST(:#${variable.sequence} AS bigint),
  CAST(:#${variable.eventId} AS uuid)))
  told (account, id, customer_id, status, current_period_end, cancel_at_period_end, event_at, event_rank, event_sequence, event_id)
ON known.account = told.account AND known.id = told.id
WHEN MATCHED
  AND (known.event_at IS NULL
    OR (known.event_at, known.event_rank, known.event_sequence, known.event_id) < (told.event_at, told.event_rank, told.event_sequence, told.event_id)
    OR (known.event_id = told.event_id
      AND (known.customer_id, known.status, known.current_period_end, known.cancel_at_period_end, known.event_at, known.event_rank)
        IS DISTINCT FROM
        (told.customer_id, told.status, told.current_period_end, told.cancel_at_period_end, told.event_at, told.event_rank)))
THEN UPDATE SET
  customer_id = told.customer_id,
  status = told.status,
  current_period_end = told.current_period_end,
  cancel_at_period_end = told.cancel_at_period_end,
  event_at = told.event_at,
  event_rank = told.event_rank,
  event_sequence = told.event_sequence,
  event_id = told.event_id,
  updated_at = CURRENT_TIMESTAMP
WHEN NOT MATCHED THEN INSERT
  (account, id, customer_id, status, current_period_end, cancel_at_period_end, event_at, event_rank, event_sequence, event_id, updated_at)
  VALUES (told.account, told.id, told.customer_id, told.status, told.current_period_end, told.cancel_at_period_end,
          told.event_at, told.event_rank, told.event_sequence, told.event_id, CURRENT_TIMESTAMP)
