-- The journal: the last exchanges of each namespace, for those who test a client.

CREATE TABLE journal (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,  -- rises; that of a deleted row never comes back
    namespace  TEXT    NOT NULL,
    request_id TEXT    NOT NULL,
    at         TEXT    NOT NULL,                   -- when the request came
    provider   TEXT    NOT NULL,
    operation  TEXT    NOT NULL,                   -- empty: the path has no such operation
    outcome    TEXT    NOT NULL,
    status     INTEGER NOT NULL,                   -- 0: there was no response
    sealed     BLOB    NOT NULL                    -- all else
) STRICT;

CREATE INDEX journal_of_namespace ON journal (namespace, number);
