-- Profiles, the accounts that see them, and who may call.
--
-- A column named sealed or ending in _key is AES-256-GCM ciphertext (profilegate/store/vault.py),
-- a column ending in digest a keyed digest: neither can be read or guessed without the master key.
-- What is sealed here belongs to a person and lies under the profile's own key; only the secrets
-- of credentials lie under the master key itself.
--
-- Times are UTC, as text: 2026-11-21T09:30:00.000000+00:00.
-- WITHOUT ROWID where rows are thin; a fat row would make its tree deep.

CREATE TABLE meta (
    name  TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE profiles (
    id          TEXT    NOT NULL PRIMARY KEY,
    world       TEXT    NOT NULL,
    version     INTEGER NOT NULL,
    wrapped_key BLOB    NOT NULL,
    sealed      BLOB    NOT NULL                 -- JSON of the shared fields
) STRICT;

CREATE TABLE accounts (
    world       TEXT NOT NULL,
    provider    TEXT NOT NULL,
    external_id TEXT NOT NULL,
    profile_id  TEXT NOT NULL REFERENCES profiles (id),
    tenant      TEXT,
    sealed      BLOB NOT NULL,                   -- JSON of the account's own fields
    PRIMARY KEY (world, provider, external_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX accounts_of_profile ON accounts (profile_id);

-- Who has a login, or waits for it. One account has at most one of each.
CREATE TABLE logins (
    world       TEXT NOT NULL,
    provider    TEXT NOT NULL,
    digest      BLOB NOT NULL,
    external_id TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('active', 'waiting')),
    PRIMARY KEY (world, provider, digest),
    UNIQUE (world, provider, external_id, state),
    FOREIGN KEY (world, provider, external_id) REFERENCES accounts
) STRICT, WITHOUT ROWID;

-- Every login change that was ever mailed, so that an old link is told from an unknown one.
CREATE TABLE pending_logins (
    world        TEXT NOT NULL,
    provider     TEXT NOT NULL,
    token_digest BLOB NOT NULL,
    external_id  TEXT NOT NULL,
    sealed       BLOB NOT NULL,                  -- the login
    expires_at   TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('waiting', 'used', 'replaced')),
    PRIMARY KEY (world, provider, token_digest),
    FOREIGN KEY (world, provider, external_id) REFERENCES accounts
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX pending_logins_waiting ON pending_logins (world, provider, external_id)
    WHERE state = 'waiting';

-- A nonce is an unsigned 64-bit number and SQLite's integers are signed, so it is kept as
-- 8 bytes, big-endian: bytes compare as the numbers do.
CREATE TABLE credentials (
    world       TEXT NOT NULL,
    provider    TEXT NOT NULL,
    kind        TEXT NOT NULL,
    digest      BLOB NOT NULL,
    tenant      TEXT,
    external_id TEXT,
    sealed      BLOB,                            -- the secret
    nonce       BLOB NOT NULL CHECK (length(nonce) = 8),
    PRIMARY KEY (world, provider, kind, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE documents (
    id          TEXT NOT NULL PRIMARY KEY,
    world       TEXT NOT NULL,
    profile_id  TEXT NOT NULL REFERENCES profiles (id),
    path        TEXT NOT NULL,
    sealed      BLOB NOT NULL,                   -- JSON of the document, contents and all
    archived_at TEXT
) STRICT;

CREATE INDEX documents_of_profile ON documents (profile_id);

CREATE TABLE outbox (
    id         INTEGER NOT NULL PRIMARY KEY,
    world      TEXT    NOT NULL,
    profile_id TEXT    NOT NULL REFERENCES profiles (id),
    sealed     BLOB    NOT NULL,                 -- JSON of to, subject, text
    created_at TEXT    NOT NULL,
    sent_at    TEXT,
    attempts   INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX outbox_of_world ON outbox (world);
CREATE INDEX outbox_unsent ON outbox (world) WHERE sent_at IS NULL;
