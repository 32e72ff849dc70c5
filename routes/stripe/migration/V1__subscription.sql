-- Our copy of Stripe's subscriptions, as its events tell of them. A database of a version before this file has the table, which stays.
CREATE TABLE IF NOT EXISTS subscription (
  account                  varchar(255) DEFAULT '' NOT NULL,   -- a connected account; empty: our own
  id                       varchar(255) NOT NULL,              -- Stripe's, unique within an account
  customer_id              varchar(255),
  status                   varchar(64),                        -- Stripe's word; null: only a failed payment has been heard of
  current_period_end       timestamp(3) with time zone,
  cancel_at_period_end     boolean,
  -- The event these were taken from. An event that compares lower, in this order, changes nothing.
  event_at                 timestamp(3) with time zone,        -- Stripe's time, in whole seconds
  event_rank               smallint,                           -- within a second: 1 created, 2 updated, 3 deleted
  event_sequence           bigint DEFAULT 0 NOT NULL,          -- the inbox's number of it
  event_id                 uuid,                               -- ours
  updated_at               timestamp(3) with time zone,
  -- Failed payments, which say nothing about the status: Stripe sends subscription events for that.
  last_payment_failed_at   timestamp(3) with time zone,        -- Stripe's time of the last failure
  last_failed_sequence     bigint DEFAULT 0 NOT NULL,
  last_failed_event_id     uuid,
  last_failed_invoice_id   varchar(255),
  last_failed_attempts     integer,                            -- how often Stripe has tried that invoice
  next_payment_attempt_at  timestamp(3) with time zone,        -- null: Stripe will not try again
  PRIMARY KEY (account, id)
);
