-- An account may belong to another one of its provider, as a receiver of money belongs to a sender.
-- Accounts of earlier versions have no parent here: only their sealed fields name it.

ALTER TABLE accounts ADD COLUMN parent BLOB;     -- the digest of the account that it belongs to

CREATE INDEX accounts_of_parent ON accounts (namespace, provider, parent)
    WHERE parent IS NOT NULL;
