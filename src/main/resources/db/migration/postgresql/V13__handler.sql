-- The handlers of each node, so that every node knows for whom an event is, also where another one handles it.
CREATE TABLE inbox_handler (
  node       uuid         NOT NULL,                     -- one run of a hub
  route      varchar(255) NOT NULL,
  source     varchar(64)  NOT NULL,
  types      text         NOT NULL,                     -- as the route writes them; empty: all
  ordered    boolean      NOT NULL,
  formerly   text         NOT NULL,                     -- ids that the route had before, comma-separated
  live_until timestamptz  NOT NULL,                     -- renewed by the node; past: it has stopped or cannot be reached
  PRIMARY KEY (node, route)
) WITH (fillfactor = 50);

-- The handler's id when the event was stored, where it has been renamed since: keys of calls and appends are made of it. Null: the route.
ALTER TABLE inbox_delivery ADD COLUMN keyed_as varchar(255);
