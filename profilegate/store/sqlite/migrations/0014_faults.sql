-- Scripted faults: what tests make go wrong in a namespace.

CREATE TABLE faults (
    namespace TEXT    NOT NULL,
    id        TEXT    NOT NULL,
    number    INTEGER NOT NULL,                  -- the order in which they are tried
    sealed    BLOB    NOT NULL,                  -- what it matches and what it does
    calls     INTEGER NOT NULL,                  -- how many requests it matched
    hits      INTEGER NOT NULL,                  -- how many of them it affected
    PRIMARY KEY (namespace, id)
) STRICT, WITHOUT ROWID;
