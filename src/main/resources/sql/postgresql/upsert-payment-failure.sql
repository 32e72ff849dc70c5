-- Notes a failed payment and leaves the status alone. Locks that one row. A failure older than the one noted last,
-- or stored before it, changes nothing; the same one again is noted again, as a corrected route reads it.
-- Of an unseen subscription only the failure is kept.
INSERT INTO subscription AS known
  (account, id, customer_id, last_payment_failed_at, last_failed_sequence, last_failed_event_id, last_failed_invoice_id, last_failed_attempts, next_payment_attempt_at)
VALUES (
  COALESCE(CAST(:#${variable.account} AS varchar), ''),
  :#${variable.subscriptionId},
  :#${variable.invoice[customer]},
  to_timestamp(CAST(:#${variable.eventAt} AS bigint)),
  CAST(:#${variable.sequence} AS bigint),
  CAST(:#${variable.eventId} AS uuid),
  :#${variable.invoiceId},
  CAST(:#${variable.invoice[attempt_count]} AS integer),
  to_timestamp(CAST(:#${variable.invoice[next_payment_attempt]} AS bigint)))
ON CONFLICT (account, id) DO UPDATE SET
  last_payment_failed_at = excluded.last_payment_failed_at,
  last_failed_sequence = excluded.last_failed_sequence,
  last_failed_event_id = excluded.last_failed_event_id,
  last_failed_invoice_id = excluded.last_failed_invoice_id,
  last_failed_attempts = excluded.last_failed_attempts,
  next_payment_attempt_at = excluded.next_payment_attempt_at
WHERE known.last_payment_failed_at IS NULL
   OR (known.last_payment_failed_at, known.last_failed_sequence, known.last_failed_event_id) < (excluded.last_payment_failed_at, excluded.last_failed_sequence, excluded.last_failed_event_id)
   OR known.last_failed_event_id = excluded.last_failed_event_id
