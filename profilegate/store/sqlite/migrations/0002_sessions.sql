-- Sessions end: a credential may have a time after which nobody has it any more.

ALTER TABLE credentials ADD COLUMN expires_at TEXT;
