-- People's OAuth tokens, one row a person and login provider. Tokens are AES-256-GCM: nonce, ciphertext, tag; provider,
-- subject and column are authenticated with them, so that no ciphertext decrypts in another place.
CREATE TABLE token (
  provider      varchar(64)  NOT NULL,                  -- its name in routes/login/providers.yaml
  subject       varchar(255) NOT NULL,                  -- the provider's id of the person
  state         varchar(14)  NOT NULL,                  -- valid login-required
  access_token  varbinary(1048576) NOT NULL,
  refresh_token varbinary(1048576),                     -- null: the provider gave none
  key_id        varchar(64)  NOT NULL,                  -- of HUB_ENCRYPTION_KEYS, for both tokens
  scope         varchar(65536) NOT NULL,
  obtained_at   timestamp(3) with time zone NOT NULL,
  expires_at    timestamp(3) with time zone,  -- of the access token; null: the provider did not say
  version       uuid         NOT NULL,                  -- another one with each new pair of tokens; not with a new key
  lease_owner   uuid,                                   -- who asks the provider for the next pair just now
  lease_until   timestamp(3) with time zone,  -- when others may take that over
  PRIMARY KEY (provider, subject)
);
