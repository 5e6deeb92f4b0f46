-- The accounts of one account are listed by the time of their creation, and only so many of them.
-- Accounts of earlier versions have no time here: they count as the oldest.

ALTER TABLE accounts ADD COLUMN created_at TEXT; -- as in its sealed fields

DROP INDEX accounts_of_parent;
CREATE INDEX accounts_of_parent ON accounts (namespace, provider, parent, created_at, digest)
    WHERE parent IS NOT NULL;
