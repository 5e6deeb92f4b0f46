-- Namespaces beside the default one, their clocks, seeds and snapshots.
--
-- A credential or a login of such a namespace is found by its text alone (the column anywhere), so
-- that a client need not name the namespace. In the default namespace the column is null: there the
-- digest with the namespace finds it first.

CREATE TABLE namespaces (
    name       TEXT    NOT NULL PRIMARY KEY,
    created_at TEXT    NOT NULL,
    frozen_at  TEXT,                             -- the time at which its clock stands still
    ahead      INTEGER NOT NULL DEFAULT 0,       -- microseconds before the gateway's clock
    seed       TEXT,                             -- of its ids and tokens; null: they are random
    draws      INTEGER NOT NULL DEFAULT 0        -- how many of them were made from the seed
) STRICT, WITHOUT ROWID;

-- The rows of a namespace at one time, as they are stored: sealed values, wrapped keys.
CREATE TABLE snapshots (
    namespace TEXT NOT NULL REFERENCES namespaces (name),
    name      TEXT NOT NULL,
    rows      BLOB NOT NULL,
    PRIMARY KEY (namespace, name)
) STRICT;

ALTER TABLE credentials ADD COLUMN anywhere BLOB;
CREATE UNIQUE INDEX credentials_anywhere ON credentials (anywhere) WHERE anywhere IS NOT NULL;

ALTER TABLE logins ADD COLUMN anywhere BLOB;
CREATE UNIQUE INDEX logins_anywhere ON logins (anywhere) WHERE anywhere IS NOT NULL;

ALTER TABLE pending_logins ADD COLUMN anywhere BLOB;
CREATE UNIQUE INDEX pending_logins_anywhere ON pending_logins (anywhere)
    WHERE anywhere IS NOT NULL;
