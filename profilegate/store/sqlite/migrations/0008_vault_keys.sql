-- The vault's keys get rows of their own, so that the master key can be rotated while gateways serve.
-- profilegate/store/vault_keys.py writes the first rows: it has the master key.

-- Each key is sealed under the master key. Number 0 makes the digests and never changes; the highest
-- number is the root key that wraps new keys. Two root keys exist only during a rotation (ADR 20).
CREATE TABLE vault_keys (
    number      INTEGER NOT NULL PRIMARY KEY,
    sealed      BLOB    NOT NULL,
    fingerprint TEXT    NOT NULL                 -- of the master key; it reveals nothing of the key
) STRICT;

-- Opening these rows recognizes a wrong master key.
DELETE FROM meta WHERE name = 'check';

-- The latest time of any transaction, give or take a second (ADR 21).
CREATE TABLE clock (
    id   INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    time TEXT    NOT NULL
) STRICT;

INSERT INTO clock (id, time) VALUES (1, '');

-- The maintenance finds what has expired, whatever its namespace.
DROP INDEX credentials_expiring;
CREATE INDEX credentials_expiring ON credentials (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX pending_logins_expiring ON pending_logins (expires_at);
CREATE INDEX outbox_sent ON outbox (sent_at) WHERE sent_at IS NOT NULL;
