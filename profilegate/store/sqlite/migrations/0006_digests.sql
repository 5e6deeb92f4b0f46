-- External ids and tenants become keyed digests beside sealed text, and keys get a table of their
-- own. The rows are carried over by profilegate/store/sqlite/upgrades.py, which has the key.

-- A profile's own key, wrapped by the master key. All rows have one size, are appended in the
-- order of their ids and are never deleted, so none of them ever moves to another page: an erased
-- key, which is overwritten by zeros, leaves no copy.
CREATE TABLE profile_keys (
    id      INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    wrapped BLOB    NOT NULL CHECK (length(wrapped) = 61)
) STRICT;

ALTER TABLE profiles ADD COLUMN key_id INTEGER REFERENCES profile_keys (id);

CREATE TABLE new_accounts (
    namespace        TEXT NOT NULL,
    provider         TEXT NOT NULL,
    digest           BLOB NOT NULL,              -- of the external id
    profile_id       TEXT NOT NULL REFERENCES profiles (id),
    reference_digest BLOB,                       -- of the tenant and its own name for the account
    sealed           BLOB NOT NULL,              -- external id, tenant, reference, own fields
    PRIMARY KEY (namespace, provider, digest)
) STRICT, WITHOUT ROWID;

-- An account has at most one active and one pending login.
CREATE TABLE new_logins (
    namespace TEXT NOT NULL,
    provider  TEXT NOT NULL,
    digest    BLOB NOT NULL,
    account   BLOB NOT NULL,                     -- the digest of the account
    state     TEXT NOT NULL CHECK (state IN ('active', 'waiting')),
    PRIMARY KEY (namespace, provider, digest),
    UNIQUE (namespace, provider, account, state),
    FOREIGN KEY (namespace, provider, account) REFERENCES accounts (namespace, provider, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE new_pending_logins (
    namespace    TEXT NOT NULL,
    provider     TEXT NOT NULL,
    token_digest BLOB NOT NULL,
    account      BLOB NOT NULL,
    sealed       BLOB NOT NULL,                  -- the login
    expires_at   TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('waiting', 'used', 'replaced')),
    PRIMARY KEY (namespace, provider, token_digest),
    FOREIGN KEY (namespace, provider, account) REFERENCES accounts (namespace, provider, digest)
) STRICT, WITHOUT ROWID;

-- A credential is sealed under the key of its account's profile or, without an account, under
-- the master key. The id is the beginning of the digest.
CREATE TABLE new_credentials (
    namespace  TEXT NOT NULL,
    provider   TEXT NOT NULL,
    kind       TEXT NOT NULL,
    digest     BLOB NOT NULL,
    id         TEXT NOT NULL,
    account    BLOB,
    sealed     BLOB NOT NULL,                    -- the tenant and the secret
    nonce      BLOB NOT NULL CHECK (length(nonce) = 8),
    created_at TEXT NOT NULL,                    -- empty where it is not known
    expires_at TEXT,
    PRIMARY KEY (namespace, provider, kind, digest),
    FOREIGN KEY (namespace, provider, account) REFERENCES accounts (namespace, provider, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE new_outbox (
    id              TEXT    NOT NULL PRIMARY KEY,
    namespace       TEXT    NOT NULL,
    profile_id      TEXT    NOT NULL REFERENCES profiles (id),
    sealed          BLOB    NOT NULL,            -- JSON of to, subject, text
    created_at      TEXT    NOT NULL,
    sent_at         TEXT,
    attempts        INTEGER NOT NULL DEFAULT 0,
    rejections      INTEGER NOT NULL DEFAULT 0,
    next_attempt_at TEXT                         -- null: sent, or given up
) STRICT;
