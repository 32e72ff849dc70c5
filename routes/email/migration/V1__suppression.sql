-- Addresses that get no e-mail any more: their server refused one for good, or their owner complained.
CREATE TABLE suppression (
  address     varchar(320) PRIMARY KEY,             -- in small letters
  reason      varchar(16) NOT NULL,                 -- bounce or complaint
  provider    varchar(64) NOT NULL,                 -- who told it
  -- The event these were taken from. An older one changes nothing.
  event_at    timestamp(3) with time zone NOT NULL, -- the provider's time
  event_id    uuid NOT NULL,                        -- the hub's id of it
  -- Taken off the list by an operator; the row stays, so that an event from before does not put it back.
  removed_at  timestamp(3) with time zone,
  removed_by  varchar(255),
  CONSTRAINT suppression_reason CHECK (reason IN ('bounce', 'complaint'))
);
