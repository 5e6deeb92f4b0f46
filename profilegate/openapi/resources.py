"""The folders of specs, handlers and docs: in a wheel inside the package, else beside it."""

import re
from pathlib import Path

import profilegate
from profilegate.errors import SpecError

DESCRIPTORS = "_generated.binpb"
"""The protobuf descriptors of a provider, beside its ``_generated.py``."""

SHARED_PROFILE = "profile.yaml"
"""The schema of the shared profile, beside the specs; it is not an OpenAPI document."""


def specs_folder() -> Path:
    """The folder of the specs."""
    return _folder("specs")


SUFFIXES = (".yaml", ".yml", ".json")
"""How the name of a spec's file can end."""

_IS_DOCUMENT = re.compile(r"""^\s*\{?\s*["']?(?:openapi|swagger)["']?\s*:|"openapi"\s*:""", re.M)


def spec_files(folder: Path) -> list[Path]:
    """
    The OpenAPI documents of a folder, by name.

    A file without ``openapi:`` that another one names is a part of that one.

    Raises:
        SpecError: two files have the name of one provider.
    """
    texts = {
        path: path.read_text("utf-8", errors="replace")
        for path in sorted(folder.iterdir())
        if path.suffix in SUFFIXES and path.name != SHARED_PROFILE
    }
    found: dict[str, Path] = {}
    for path, text in texts.items():
        others = (other for file, other in texts.items() if file != path)
        if not _IS_DOCUMENT.search(text) and any(path.name in other for other in others):
            continue
        if (first := found.setdefault(path.stem, path)) != path:
            what = f"specs/{first.name} is a spec of the same name"
            raise SpecError(f"specs/{path.name}", "", what, "remove or rename one of the two")
    return list(found.values())


def handlers_folder() -> Path:
    """The folder of the handlers."""
    return _folder("handlers")


def docs_folder() -> Path:
    """The folder of the manual."""
    return _folder("docs")


def _folder(name: str) -> Path:
    for place in profilegate.__path__:
        folder = Path(place) / name
        if folder.is_dir():
            return folder
    return Path(list(profilegate.__path__)[-1]) / name
