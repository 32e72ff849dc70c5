-- Whether the handler that holds the event had begun with it, as far as its process could tell in time: only then a crash costs an attempt.
ALTER TABLE inbox_delivery ADD COLUMN begun boolean DEFAULT FALSE NOT NULL;
-- Who had the next attempt made: null is the schedule, else 'sender' or an operator's name.
ALTER TABLE inbox_delivery ADD COLUMN run_by varchar(255);
-- When the sender's redelivery last woke the dead event.
ALTER TABLE inbox_delivery ADD COLUMN woken_at timestamptz;
-- Finds what is to be taken over, however much waits.
CREATE INDEX inbox_delivery_begun ON inbox_delivery (route, due_at) WHERE status = 'processing' AND begun;
