"""Files of seeds, in YAML or JSON: a file that a user names, and the demo data."""

import importlib.resources
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from profilegate.admin.seed_checks import seed_violations
from profilegate.admin.seeds import Seed
from profilegate.errors import SettingError, SpecError, Violation
from profilegate.gateway.gateway import ProviderDescription
from profilegate.openapi import pointer
from profilegate.openapi.error_list import ErrorList
from profilegate.openapi.messages import sentence
from profilegate.openapi.resources import handlers_folder
from profilegate.openapi.yaml_files import find_line, load_map, read_text, reject_hostile

DEMO_FILE = "demo-data.yaml"

HINT = "`profilegate seed-schema` prints what a seed may hold"

WHAT = "a seed"


def read_seed_file(path: Path, providers: Mapping[str, ProviderDescription]) -> Seed:
    """
    The seed in a file of YAML or JSON.

    Raises:
        SettingError: the file cannot be read.
        SpecError, SpecsRejectedError: it is not a seed; each error has a line and a hint.
    """
    try:
        text = read_text(path, str(path))
    except OSError as error:
        raise SettingError(
            "PROFILEGATE_SEED", f"{path} cannot be read ({error.strerror})"
        ) from error
    if path.suffix == ".json":
        # JSON has tabs between its tokens only, and YAML none at all.
        text = text.replace("\t", " ")
    reject_hostile(text, str(path), has_aliases=False)
    document = load_map(text, str(path), WHAT, "people")
    _reject_invalid(document, text, str(path), providers)
    return msgspec.convert(document, Seed)


def read_demo_data() -> dict[str, list[Any]]:
    """The demo data that comes with the package and with each provider, as one document."""
    return _joined(document for _, _, document in _demo_files())


def demo_seed(providers: Mapping[str, ProviderDescription]) -> Seed:
    """
    The demo data as a seed.

    Raises:
        SpecError, SpecsRejectedError: a file of it is not a seed.
    """
    files = list(_demo_files())
    for file, text, document in files:
        _reject_invalid(document, text, file, providers)
    return msgspec.convert(_joined(document for _, _, document in files), Seed)


def _demo_files() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each file of the demo data: its name, its text and its document."""
    own = importlib.resources.files("profilegate.admin").joinpath(DEMO_FILE)
    texts = {f"profilegate/admin/{DEMO_FILE}": own.read_text("utf-8")}
    for path in sorted(handlers_folder().glob(f"*/{DEMO_FILE}")):
        file = f"handlers/{path.parent.name}/{DEMO_FILE}"
        texts[file] = read_text(path, file)
    for file, text in texts.items():
        yield file, text, load_map(text, file, WHAT, "people")


def _joined(documents: Iterable[dict[str, Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {"credentials": [], "people": []}
    for document in documents:
        for part, items in found.items():
            items += document.get(part, [])
    return found


def _reject_invalid(
    document: Any, text: str, file: str, providers: Mapping[str, ProviderDescription]
) -> None:
    errors = ErrorList()
    for each in seed_violations(document, providers):
        line = find_line(text, each.at)
        errors.add(SpecError(file, pointer(each.at), sentence(each), _hint(each), line))
    errors.raise_errors()


def _hint(violation: Violation) -> str:
    if violation.rule == "type" and "string" in (violation.limit or ()):
        return 'write it in quotes: "1001"'
    return HINT
