"""The health of a PostgreSQL store: its connection, its version and its key."""

from collections.abc import Sequence

from profilegate.errors import MasterKeyError
from profilegate.store.postgresql.opening import LATEST, VERSION
from profilegate.store.session import Session
from profilegate.store.vault_keys import open_keys


def schema_and_key(session: Session, master_keys: Sequence[bytes]) -> dict[str, str]:
    """What is wrong with the version and with the key, as ``Store.health`` says."""
    row = session.row("SELECT value FROM meta WHERE name = :name", name=VERSION)
    found = 0 if row is None else int(row[0])
    health = {
        # A newer release may migrate a database while this process goes on.
        "migrations": ""
        if found >= LATEST
        else f"the database has version {found}, this Profilegate {LATEST}"
    }
    try:
        open_keys(session, master_keys, "the database")
        health["key"] = ""
    except MasterKeyError:
        health["key"] = "the master key of the key file does not open the database"
    return health
