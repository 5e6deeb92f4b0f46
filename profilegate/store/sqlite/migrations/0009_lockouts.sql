-- Lockouts; the caps of mails; and a pending login, which reserves nothing any more.

CREATE TABLE lockouts (
    namespace TEXT    NOT NULL,
    digest    BLOB    NOT NULL,                  -- of provider, kind, subject and peer
    series    INTEGER NOT NULL,                  -- how many locks in a row came before
    until     TEXT    NOT NULL,
    PRIMARY KEY (namespace, digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX lockouts_by_end ON lockouts (namespace, until);

CREATE TABLE known_peers (
    namespace TEXT NOT NULL,
    digest    BLOB NOT NULL,                     -- of provider, login and peer
    seen_at   TEXT NOT NULL,
    PRIMARY KEY (namespace, digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX known_peers_by_age ON known_peers (namespace, seen_at);

ALTER TABLE outbox ADD COLUMN account BLOB;      -- digests, by which mails are counted
ALTER TABLE outbox ADD COLUMN address BLOB;

CREATE INDEX outbox_of_account ON outbox (namespace, account, created_at)
    WHERE account IS NOT NULL;
CREATE INDEX outbox_of_address ON outbox (namespace, address, created_at)
    WHERE address IS NOT NULL;

CREATE TABLE active_logins (
    namespace TEXT NOT NULL,
    provider  TEXT NOT NULL,
    digest    BLOB NOT NULL,
    account   BLOB NOT NULL,                     -- the digest of the account
    PRIMARY KEY (namespace, provider, digest),
    UNIQUE (namespace, provider, account),
    FOREIGN KEY (namespace, provider, account) REFERENCES accounts (namespace, provider, digest)
) STRICT, WITHOUT ROWID;

INSERT INTO active_logins (namespace, provider, digest, account)
    SELECT namespace, provider, digest, account FROM logins WHERE state = 'active';

DROP TABLE logins;

ALTER TABLE active_logins RENAME TO logins;
