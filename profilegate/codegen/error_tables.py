"""The error tables: every documented error of every operation, and how to produce it."""

import json
from collections.abc import Iterator, Mapping

from profilegate.openapi import Spec
from profilegate.openapi.documented_errors import DocumentedError, errors_of

ERROR_TABLES = "errors.md"
"""The generated page's name, in ``docs/``."""

BODY_CHARACTERS_MAX = 160
"""Characters of a body that a cell shows: two lines of a wide screen. We chose."""


def write_error_tables(specs: Mapping[str, Spec]) -> str:
    """The page, as Markdown: a table for each spec."""
    lines = [
        "<!-- Generated from specs/*.yaml by `make generate`. Edit the specs, not this file. -->",
        "",
        "# The documented errors",
        "",
        "Every error response that a spec documents has a name: that of its example, or the status",
        "of a response without one (`status_503`). In test mode (`--test-mode`, `--demo`) each can",
        "be produced, for one request by its header, for the next ones by a",
        "[scripted fault](scripted-faults.md).",
    ]
    for name, spec in specs.items():
        lines += [
            "",
            f"## {name}",
            "",
            "| name | status | body | operations | header of a request |",
            "|---|---|---|---|---|",
            *_rows(spec),
        ]
    return "\n".join(lines) + "\n"


def _rows(spec: Spec) -> Iterator[str]:
    """A row for each error; operations whose errors are the same share one."""
    operations: dict[tuple[int, str, str], list[str]] = {}
    for operation, errors in errors_of(spec).items():
        for error in errors.values():
            key = (error.status, error.name, _body(error))
            operations.setdefault(key, []).append(operation)
    for (status, name, body), found in sorted(operations.items(), key=lambda item: item[0][0]):
        where = "all" if len(found) == len(spec.operations()) else ", ".join(found)
        yield f"| `{name}` | {status} | {body} | {where} | `Prefer: error={name}` |"


def _body(error: DocumentedError) -> str:
    """What the body says, in one cell; a dash for no body."""
    if not error.media_type:
        return "–"
    value = error.value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if len(text) > BODY_CHARACTERS_MAX:
        text = f"{text[:BODY_CHARACTERS_MAX]}…"
    return f"`{' '.join(text.split())}`".replace("|", "\\|")
