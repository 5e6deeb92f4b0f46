-- The rows are carried over: the new tables take the place of the old ones.

DROP TABLE logins;
DROP TABLE pending_logins;
DROP TABLE credentials;
DROP TABLE outbox;
DROP TABLE accounts;

ALTER TABLE new_accounts RENAME TO accounts;
ALTER TABLE new_logins RENAME TO logins;
ALTER TABLE new_pending_logins RENAME TO pending_logins;
ALTER TABLE new_credentials RENAME TO credentials;
ALTER TABLE new_outbox RENAME TO outbox;

ALTER TABLE profiles DROP COLUMN wrapped_key;

CREATE INDEX accounts_of_profile ON accounts (profile_id);
CREATE UNIQUE INDEX accounts_of_reference ON accounts (reference_digest)
    WHERE reference_digest IS NOT NULL;
CREATE UNIQUE INDEX pending_logins_waiting ON pending_logins (namespace, provider, account)
    WHERE state = 'waiting';
CREATE UNIQUE INDEX credentials_by_id ON credentials (namespace, id);
CREATE INDEX credentials_of_account ON credentials (namespace, provider, account)
    WHERE account IS NOT NULL;
CREATE INDEX credentials_expiring ON credentials (namespace, expires_at)
    WHERE expires_at IS NOT NULL;
CREATE INDEX credentials_by_age ON credentials (namespace, created_at, id);
CREATE INDEX outbox_by_age ON outbox (namespace, created_at, id);
CREATE INDEX outbox_due ON outbox (namespace, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
CREATE INDEX outbox_of_profile ON outbox (profile_id);
