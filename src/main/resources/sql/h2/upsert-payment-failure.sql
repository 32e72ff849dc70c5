-- Notes a failed payment and leaves the status alone. Locks that one row. A failure older than the one noted last,
-- or stored before it, changes nothing; the same one again is noted again, as a corrected route reads it.
-- Of an unseen subscription only the failure is kept.
-- Of two that find no row yet, one fails on the primary key; the policy tries it again.
MERGE INTO subscription known
USING (VALUES (
  COALESCE(CAST(:#${variable.account} AS varchar), ''),
  CAST(:#${variable.subscriptionId} AS varchar),
  CAST(:#${variable.invoice[customer]} AS varchar),
  TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00Z' + CAST(:#${variable.eventAt} AS bigint) * INTERVAL '1' SECOND,
  CAST(:#${variable.sequence} AS bigint),
  CAST(:#${variable.eventId} AS uuid),
  CAST(:#${variable.invoiceId} AS varchar),
  CAST(:#${variable.invoice[attempt_count]} AS integer),
  TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00Z' + CAST(:#${variable.invoice[next_payment_attempt]} AS bigint) * INTERVAL '1' SECOND))
  told (account, id, customer_id, failed_at, event_sequence, event_id, invoice_id, attempts, next_attempt_at)
ON known.account = told.account AND known.id = told.id
WHEN MATCHED
  AND (known.last_payment_failed_at IS NULL
    OR (known.last_payment_failed_at, known.last_failed_sequence, known.last_failed_event_id) < (told.failed_at, told.event_sequence, told.event_id)
    OR known.last_failed_event_id = told.event_id)
THEN UPDATE SET
  last_payment_failed_at = told.failed_at,
  last_failed_sequence = told.event_sequence,
  last_failed_event_id = told.event_id,
  last_failed_invoice_id = told.invoice_id,
  last_failed_attempts = told.attempts,
  next_payment_attempt_at = told.next_attempt_at
WHEN NOT MATCHED THEN INSERT
  (account, id, customer_id, last_payment_failed_at, last_failed_sequence, last_failed_event_id, last_failed_invoice_id, last_failed_attempts, next_payment_attempt_at)
  VALUES (told.account, told.id, told.customer_id, told.failed_at, told.event_sequence, told.event_id, told.invoice_id, told.attempts, told.next_attempt_at)
