-- What a node did in one minute, for charts and alerts, so that nobody reads the events for them. A node writes a minute when
-- it is over, and only one in which something happened; those of several nodes add up. Kept for two days.
CREATE TABLE figure (
  minute_at       timestamptz NOT NULL,                 -- its beginning
  node            uuid   NOT NULL,                      -- a new one at every start
  received        bigint NOT NULL,                      -- events stored
  done            bigint NOT NULL,
  dead            bigint NOT NULL,
  failed_attempts bigint NOT NULL,
  unproven        bigint NOT NULL,                      -- webhooks refused for signature or time
  handle_millis   text NOT NULL,                        -- attempts by how long they took, bucket:count
  PRIMARY KEY (minute_at, node)
);

-- The same of the calls to one provider.
CREATE TABLE call_figure (
  minute_at   timestamptz NOT NULL,
  node        uuid         NOT NULL,
  provider    varchar(255) NOT NULL,
  calls       bigint       NOT NULL,
  errors      bigint       NOT NULL,
  breaker     smallint     NOT NULL,                    -- at its end: 0 closed, 1 half-open, 2 open
  call_millis text NOT NULL,
  PRIMARY KEY (minute_at, node, provider)
);

-- Where an alert stands, for all nodes: whoever changes the version first has changed it.
CREATE TABLE alert (
  name           varchar(255)  PRIMARY KEY,             -- as its route says
  version        bigint        NOT NULL,
  firing         boolean       NOT NULL,
  since          timestamptz,                           -- when what fires, or fired last, began
  turning_since  timestamptz,                           -- since when the measure says otherwise
  measured       double precision NOT NULL,
  detail         varchar(1000) NOT NULL,                -- what was measured, in words
  told           integer       NOT NULL,                -- messages sent since it fires
  told_at        timestamptz,                           -- the last of them
  owed           varchar(10)   NOT NULL,                -- a message not sent yet: firing repeated over, or empty
  owed_at        timestamptz,                           -- since when a node is at it
  silenced_until timestamptz
);
