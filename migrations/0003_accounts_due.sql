-- Accounts whose objects have something to do, and from when on that is late. The objects wake themselves; this is for the sweep,
-- which finds those that did not.
CREATE TABLE accounts_due (
    name   TEXT PRIMARY KEY,                              -- the object's: an account's id, or `app`
    due_at INTEGER NOT NULL                               -- ms since the epoch
) STRICT;

CREATE INDEX accounts_due_by_time ON accounts_due (due_at);
