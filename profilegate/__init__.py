"""Profilegate: four providers' "update user" APIs, served from their specs, over one profile."""

from pathlib import Path

_here = Path(__file__).parent
if not (_here / "specs").is_dir():
    # A wheel carries specs/ and handlers/ inside this package; a checkout keeps them beside it.
    # Either way they are profilegate.specs and profilegate.handlers.
    __path__.append(str(_here.parent))
