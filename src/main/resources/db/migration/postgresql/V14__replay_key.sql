-- Tokens that are good once, of senders that sign the token and not the body. Each is spent by the commit of its request's events.
CREATE TABLE inbox_replay_key (
  source            varchar(64)  NOT NULL,
  key_hash          varchar(64)  NOT NULL,              -- the token's SHA-256
  provider_event_id varchar(255) NOT NULL,              -- of the request's first event: the token is kept at least as long
  spent_at          timestamptz  NOT NULL,
  PRIMARY KEY (source, key_hash)
);
CREATE INDEX inbox_replay_key_spent ON inbox_replay_key (spent_at);
