-- What must happen once and has no guard of its own: one row per thing, taken before it is done.
CREATE TABLE idempotency_key (
  scope       varchar(255) NOT NULL,                    -- the route, so that two routes' keys never meet
  key_text    varchar(255) NOT NULL,                    -- long ones end in their SHA-256
  state       varchar(11)  NOT NULL,                    -- in-progress done
  owner       uuid         NOT NULL,                    -- who may finish it
  lease_until timestamptz,  -- in-progress: when others may take it over; done: null
  created_at  timestamptz NOT NULL,
  done_at     timestamptz,  -- done: since when, for the retention
  PRIMARY KEY (scope, key_text)
);

CREATE INDEX idempotency_key_done ON idempotency_key (done_at);
