-- Whether the handler that holds the event had begun with it, as far as its process could tell in time: only then a crash costs an attempt.
ALTER TABLE inbox_delivery ADD COLUMN begun boolean DEFAULT FALSE NOT NULL;
-- Who had the next attempt made: null is the schedule, else 'sender' or an operator's name.
ALTER TABLE inbox_delivery ADD COLUMN run_by varchar(255);
-- When the sender's redelivery last woke the dead event.
ALTER TABLE inbox_delivery ADD COLUMN woken_at timestamp(3) with time zone;
