-- A key may accept nonces out of order, each once (ADR 28).

ALTER TABLE credentials ADD COLUMN nonce_window INTEGER NOT NULL DEFAULT 0;

CREATE TABLE used_nonces (
    namespace TEXT NOT NULL,
    provider  TEXT NOT NULL,
    kind      TEXT NOT NULL,
    digest    BLOB NOT NULL,                     -- of the credential
    nonce     BLOB NOT NULL CHECK (length(nonce) = 8),
    PRIMARY KEY (namespace, provider, kind, digest, nonce),
    FOREIGN KEY (namespace, provider, kind, digest)
        REFERENCES credentials (namespace, provider, kind, digest) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
