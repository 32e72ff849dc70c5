-- Oldest version of the hub that may run on this schema. A migration that an older version could not live with raises it.
CREATE TABLE hub_schema (
  id             smallint    PRIMARY KEY CHECK (id = 1), -- there is one row
  oldest_version varchar(20) NOT NULL
);
INSERT INTO hub_schema (id, oldest_version) VALUES (1, '0.1.0');

-- That the store takes a write, proved by each node every few seconds.
CREATE TABLE store_heartbeat (
  node    uuid        PRIMARY KEY,                       -- a new one at every start
  beat_at timestamp(3) with time zone NOT NULL
);
