-- The journal: the last exchanges of each namespace, some in each row, for those who test a client.

CREATE TABLE journal (
    namespace TEXT    NOT NULL,
    first     INTEGER NOT NULL,                    -- the numbers of its exchanges, which rise
    last      INTEGER NOT NULL,
    sealed    BLOB    NOT NULL,
    PRIMARY KEY (namespace, last)
) STRICT;
