"""Where specs and handlers lie: inside the package in a wheel, beside it in a checkout."""

from pathlib import Path

import profilegate

DESCRIPTORS = "_generated.binpb"
"""The protobuf descriptors of a provider, beside its ``_generated.py``."""


def specs_folder() -> Path:
    """The folder of the specs."""
    return _folder("specs")


def spec_files(folder: Path) -> list[Path]:
    """The specs of a folder, by name."""
    return sorted(folder.glob("*.yaml"))


def handlers_folder() -> Path:
    """The folder of the handlers."""
    return _folder("handlers")


def _folder(name: str) -> Path:
    for place in profilegate.__path__:
        folder = Path(place) / name
        if folder.is_dir():
            return folder
    return Path(list(profilegate.__path__)[-1]) / name
