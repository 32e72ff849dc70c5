-- Puts an address on the suppression list. The same event again, one that is not newer than the one applied last, or one
-- from before the address was taken off the list changes nothing. Of two that find no row yet, one fails on the
-- primary key; the policy tries it again.
MERGE INTO suppression known
USING (VALUES (
  LOWER(TRIM(CAST(:#${body} AS varchar))),
  CAST(:#${variable.suppressionReason} AS varchar),
  CAST(:#${variable.suppressionProvider} AS varchar),
  COALESCE(
    CAST(CAST(:#${variable.suppressedAt} AS varchar) AS timestamp(3) with time zone),
    TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00Z' + CAST(:#${variable.suppressedAtSeconds} AS bigint) * INTERVAL '1' SECOND,
    CAST(CAST(:#${variable.receivedAt} AS varchar) AS timestamp(3) with time zone)),
  CAST(:#${variable.eventId} AS uuid)))
  told (address, reason, provider, event_at, event_id)
ON known.address = told.address
WHEN MATCHED AND told.event_at > known.event_at AND (known.removed_at IS NULL OR told.event_at > known.removed_at)
THEN UPDATE SET
  reason = told.reason,
  provider = told.provider,
  event_at = told.event_at,
  event_id = told.event_id,
  removed_at = NULL,
  removed_by = NULL
WHEN NOT MATCHED THEN INSERT
  (address, reason, provider, event_at, event_id)
  VALUES (told.address, told.reason, told.provider, told.event_at, told.event_id)
