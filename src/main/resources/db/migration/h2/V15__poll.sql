-- How far each polled list was read. One node at a time polls a source: the one that holds the lease.
CREATE TABLE poll_cursor (
  source          varchar(64)   PRIMARY KEY,
  last_cursor     varchar(1000),                        -- of the newest item that is stored together with all before it
  next_page       varchar(8192),                        -- where a walk through the list goes on; null: it begins anew
  newest_cursor   varchar(1000),                        -- newest first: becomes last_cursor when the walk has reached that one
  reached_cursor  varchar(1000),                        -- newest first: of the last item of the walk so far
  page_hash       varchar(64),                          -- of the walk's last page: the same one again brings it no further
  stalled         int           DEFAULT 0 NOT NULL,     -- pages of the walk, one after another, that brought it no further
  walk_started_at timestamp(3) with time zone,
  due_at          timestamp(3) with time zone   NOT NULL,               -- of the next run
  failures        int           DEFAULT 0 NOT NULL,     -- runs that failed since one succeeded
  failing_since   timestamp(3) with time zone,
  last_error      varchar(500),
  lease_owner     uuid,
  lease_until     timestamp(3) with time zone                           -- renewed by its owner; past: that node has died
);

-- Keys of polled items. They outlive the events, which are deleted some time after they are done, as long as the list shows the items.
CREATE TABLE poll_seen (
  source            varchar(64)  NOT NULL,
  provider_event_id varchar(255) NOT NULL,
  seen_at           timestamp(3) with time zone  NOT NULL,              -- the day on which the list showed it last
  PRIMARY KEY (source, provider_event_id)
);
CREATE INDEX poll_seen_at ON poll_seen (source, seen_at);
