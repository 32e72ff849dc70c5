-- People who are logged in.
CREATE TABLE login_session (
  id_hash       char(64)     PRIMARY KEY,               -- SHA-256 of the cookie, in hexadecimal
  provider      varchar(64)  NOT NULL,                  -- as in providers.yaml; key: the holder of a key
  subject       varchar(255) NOT NULL,                  -- the provider's id of the person
  name          varchar(255) NOT NULL,                  -- empty: not told
  email         varchar(320) NOT NULL,                  -- verified by the provider, or empty
  created_at    timestamptz NOT NULL,
  last_seen_at  timestamptz NOT NULL,  -- to a minute
  expires_at    timestamptz NOT NULL   -- however busy it is
);

CREATE INDEX login_session_person ON login_session (provider, subject);

-- Logins that have begun and not come back yet: a row goes with the first callback that shows its state.
CREATE TABLE login_attempt (
  state_hash    char(64)      PRIMARY KEY,              -- SHA-256 of the state, in hexadecimal
  provider      varchar(64)   NOT NULL,
  return_to     varchar(2048) NOT NULL,                 -- local path
  expires_at    timestamptz NOT NULL
);
