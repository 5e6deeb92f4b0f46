"""The folders of specs and handlers: inside the package in a wheel, beside it in a checkout."""

from pathlib import Path

import profilegate

DESCRIPTORS = "_generated.binpb"
"""The protobuf descriptors of a provider, beside its ``_generated.py``."""

SHARED_PROFILE = "profile.yaml"
"""The schema of the shared profile, beside the specs; it is not an OpenAPI document."""


def specs_folder() -> Path:
    """The folder of the specs."""
    return _folder("specs")


def spec_files(folder: Path) -> list[Path]:
    """The OpenAPI documents of a folder, by name."""
    return sorted(path for path in folder.glob("*.yaml") if path.name != SHARED_PROFILE)


def handlers_folder() -> Path:
    """The folder of the handlers."""
    return _folder("handlers")


def _folder(name: str) -> Path:
    for place in profilegate.__path__:
        folder = Path(place) / name
        if folder.is_dir():
            return folder
    return Path(list(profilegate.__path__)[-1]) / name
