"""This gateway, whole, but for a writer that commits for each request by itself.

Nothing else differs from `profilegate serve`: what it is slower by is what group commit is worth.
"""

from pathlib import Path

from starlette.types import ASGIApp

from benchmarks.apps.gateway import gateway_over
from benchmarks.names import DATABASE, KEY_FILE
from profilegate.store.sqlite import open_store, writer


def create(database: None) -> ASGIApp:
    """The app; its store is always this project's."""
    # No setting of the product's: nobody should want this.
    writer.BATCH_SIZE_MAX = 1  # type: ignore[misc]
    return gateway_over(
        lambda rules: open_store(Path(DATABASE), key_file=Path(KEY_FILE), rules=rules)
    )
