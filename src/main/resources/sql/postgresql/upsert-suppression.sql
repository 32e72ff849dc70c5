-- Puts an address on the suppression list. The same event again, one that is not newer than the one applied last, or one
-- from before the address was taken off the list changes nothing.
INSERT INTO suppression AS known (address, reason, provider, event_at, event_id)
VALUES (
  LOWER(TRIM(CAST(:#${body} AS varchar))),
  CAST(:#${variable.suppressionReason} AS varchar),
  CAST(:#${variable.suppressionProvider} AS varchar),
  COALESCE(
    CAST(CAST(:#${variable.suppressedAt} AS varchar) AS timestamptz),
    to_timestamp(CAST(:#${variable.suppressedAtSeconds} AS bigint)),
    CAST(CAST(:#${variable.receivedAt} AS varchar) AS timestamptz)),
  CAST(:#${variable.eventId} AS uuid))
ON CONFLICT (address) DO UPDATE SET
  reason = excluded.reason,
  provider = excluded.provider,
  event_at = excluded.event_at,
  event_id = excluded.event_id,
  removed_at = NULL,
  removed_by = NULL
WHERE excluded.event_at > known.event_at AND (known.removed_at IS NULL OR excluded.event_at > known.removed_at)
