-- Our copy of Stripe's subscriptions, as its events tell of them.
CREATE TABLE subscription (
  id                       varchar(255) PRIMARY KEY,
  customer_id              varchar(255),
  status                   varchar(64),                 -- Stripe's word; null: only a failed payment has been heard of
  current_period_end       timestamp(3) with time zone,
  cancel_at_period_end     boolean,
  -- The event these were taken from. An event that compares lower, in this order, changes nothing.
  event_at                 timestamp(3) with time zone,   -- Stripe's time, in whole seconds
  event_rank               smallint,                    -- within a second: 1 created, 2 updated, 3 deleted
  event_id                 uuid,                        -- ours: in order of receipt
  updated_at               timestamp(3) with time zone,
  -- Failed payments, which say nothing about the status: Stripe sends subscription events for that.
  last_payment_failed_at   timestamp(3) with time zone,   -- Stripe's time of the last failure
  last_failed_event_id     uuid,
  last_failed_invoice_id   varchar(255),
  last_failed_attempts     integer,                     -- how often Stripe has tried that invoice
  next_payment_attempt_at  timestamp(3) with time zone    -- null: Stripe will not try again
);
