-- The audit trail. `id` is made where the row is made: writing a row twice leaves one.
CREATE TABLE audit (
    id             TEXT PRIMARY KEY,
    at             INTEGER NOT NULL,                      -- ms since the epoch
    key_id         TEXT,
    account_id     TEXT,
    action         TEXT NOT NULL,
    target         TEXT,
    outcome        TEXT NOT NULL,
    correlation_id TEXT NOT NULL,
    text_sha256    TEXT,
    reason         TEXT
) STRICT;

CREATE INDEX audit_by_time ON audit (at DESC, id DESC);
CREATE INDEX audit_by_account ON audit (account_id, at DESC);
CREATE INDEX audit_by_key ON audit (key_id, at DESC);
CREATE INDEX audit_by_action ON audit (action, at DESC);
