-- A set of profiles, accounts and credentials is called a namespace.

ALTER TABLE profiles RENAME COLUMN world TO namespace;
ALTER TABLE accounts RENAME COLUMN world TO namespace;
ALTER TABLE logins RENAME COLUMN world TO namespace;
ALTER TABLE pending_logins RENAME COLUMN world TO namespace;
ALTER TABLE credentials RENAME COLUMN world TO namespace;
ALTER TABLE documents RENAME COLUMN world TO namespace;
ALTER TABLE outbox RENAME COLUMN world TO namespace;
