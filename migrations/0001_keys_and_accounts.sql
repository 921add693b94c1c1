-- API keys: the truth about them. Only hashes of their secrets are kept.
CREATE TABLE api_keys (
    kid        TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    record     TEXT NOT NULL CHECK (json_valid(record)), -- the key record as JSON, its hash among it
    version    INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL,                          -- ms since the epoch
    revoked_at INTEGER
) STRICT;

CREATE INDEX api_keys_by_age ON api_keys (created_at DESC, kid);

-- Connected X accounts. Tokens are not here: they are sealed in KV and in the account's object.
CREATE TABLE accounts (
    id           TEXT PRIMARY KEY,
    x_user_id    TEXT NOT NULL UNIQUE,
    username     TEXT NOT NULL,
    name         TEXT NOT NULL,
    label        TEXT,
    kind         TEXT NOT NULL CHECK (kind IN ('oauth2', 'oauth1')),
    scopes       TEXT NOT NULL,                           -- space separated, as X granted them
    paused       INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)),
    connected_at INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX accounts_by_username ON accounts (username COLLATE NOCASE);
