-- Who changed what: one event for each change of a profile, chained by hashes.
--
-- An event's hash is SHA-256 over the hash before it (32 zero bytes before the first), its
-- profile's id, its version, its time and its sealed bytes (profilegate/store/history.py). The
-- profile's row keeps the last hash, so a history that was cut short is noticed. What was sealed
-- stays after the profile's key is destroyed: nobody can read it, everybody can verify it.
--
-- The profiles that are here already get their first events from the code that applies this file.

ALTER TABLE profiles ADD COLUMN head BLOB NOT NULL DEFAULT x'';

-- From then on the row holds no key and no fields, only where its history ends.
ALTER TABLE profiles ADD COLUMN erased_at TEXT;

CREATE INDEX profiles_of_world ON profiles (world, id) WHERE erased_at IS NULL;

-- Rows are fat and come in the order of time: they are added at the end, and only the thin index is
-- written to all over the file. (Without rowids it took half as much again.)
CREATE TABLE events (
    profile_id TEXT    NOT NULL REFERENCES profiles (id),
    version    INTEGER NOT NULL,
    at         TEXT    NOT NULL,
    sealed     BLOB    NOT NULL,                 -- JSON of origin, account and changes
    hash       BLOB    NOT NULL,
    PRIMARY KEY (profile_id, version)
) STRICT;

ALTER TABLE credentials ADD COLUMN created_at TEXT;

-- A document keeps its id when it is copied into another profile.
CREATE TABLE documents_of_profiles (
    profile_id  TEXT NOT NULL REFERENCES profiles (id),
    id          TEXT NOT NULL,
    world       TEXT NOT NULL,
    path        TEXT NOT NULL,
    sealed      BLOB NOT NULL,                   -- JSON of the document, contents and all
    archived_at TEXT,
    PRIMARY KEY (profile_id, id)
) STRICT;

INSERT INTO documents_of_profiles (profile_id, id, world, path, sealed, archived_at)
    SELECT profile_id, id, world, path, sealed, archived_at FROM documents;

DROP TABLE documents;

ALTER TABLE documents_of_profiles RENAME TO documents;
