"""One provider's ``_generated.py``: everything that follows from its spec, in one file."""

import shutil
import subprocess
import sys
from pathlib import Path

from profilegate.codegen.locks import write_rules
from profilegate.codegen.mapping import MappingWriter
from profilegate.codegen.operations import answer_schema, body_schema, write_operations
from profilegate.codegen.python_types import TypeWriter, repr_text
from profilegate.errors import SettingError
from profilegate.spec import Spec


def generate_module(spec: Spec) -> str:
    """
    The source of ``handlers/<name>/_generated.py``: the same spec gives the same bytes.

    Raises:
        SpecError: the spec says something that cannot be mapped.
        SettingError: ruff, which formats the source, is not installed.
    """
    types = TypeWriter(spec)
    operations = write_operations(spec, types)
    mapping = MappingWriter(spec, types)
    written = _write_mapping(spec, mapping)
    for name in spec.schemas():
        types.component(name)
    rules = write_rules(spec, mapping, written)
    names = _names(mapping)
    parts = [
        _header(spec, types, mapping),
        *types.definitions.values(),
        operations,
        *mapping.functions.values(),
        rules,
        names,
    ]
    return format_source("\n\n\n".join(parts) + "\n", f"{spec.name}/_generated.py")


def _write_mapping(spec: Spec, mapping: MappingWriter) -> list[str]:
    """Write the functions both ways; give the schemas that bodies are made of."""
    requests: dict[str, None] = {}
    answers: dict[str, None] = {}
    for operation in spec.operations():
        if (body := body_schema(spec, operation)) is not None:
            requests.update(dict.fromkeys(mapping.mapped(body)))
        if (answer := answer_schema(spec, operation)) is not None:
            answers.update(dict.fromkeys(mapping.mapped(answer)))
    for name in requests:
        mapping.write_changes(name)
    for name in (*requests, *answers):
        mapping.write_reading(name)
    return [name for name in requests if "discriminator" not in spec.schemas()[name]]


def _header(spec: Spec, types: TypeWriter, mapping: MappingWriter) -> str:
    typing = sorted(types.uses | (mapping.uses & {"Any", "cast"}) | {"Protocol"})
    rules = ["DoorRules", *sorted(mapping.uses & {"Changes", "Fields"})]
    if "x-lock" in str(spec.document):
        rules += ["Lock", "LockTable"]
    title = spec.document["info"]["title"].replace(": ", ", ")
    modules = sorted(mapping.uses & {"codecs", "masks"})
    lines = [
        f"# Generated from {spec.file} by `make generate`. Edit the spec, not this file.",
        f'"""{title}: types, operations and the mapping to the profile."""',
        "",
        "from collections.abc import Mapping",
        f"from typing import {', '.join(typing)}",
        "",
    ]
    if modules:
        lines.append(f"from profilegate.profile import {', '.join(modules)}")
    lines += [
        f"from profilegate.profile.rules import {', '.join(sorted(rules))}",
        "from profilegate.provider import Call",
    ]
    return "\n".join(lines)


def _names(mapping: MappingWriter) -> str:
    rows = "".join(
        f"    {repr_text(path)}: {repr_text(name)},\n" for path, name in mapping.names().items()
    )
    return (
        f"FIELD_NAMES: Mapping[str, str] = {{\n{rows}}}\n"
        '"""What this door calls each path of the profile that it can write."""'
    )


def format_source(source: str, name: str) -> str:
    """
    Format and tidy source with ruff, by the project's own settings.

    Raises:
        SettingError: ruff is not installed.
    """
    ruff = _ruff()
    for arguments in (["check", "--fix-only", "--quiet"], ["format", "--quiet"]):
        done = subprocess.run(
            [ruff, *arguments, "--stdin-filename", name, "-"],
            input=source,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"ruff could not format {name}: {done.stderr}")
        source = done.stdout
    return source


def _ruff() -> str:
    beside = Path(sys.executable).with_name("ruff")
    found = str(beside) if beside.exists() else shutil.which("ruff")
    if found is None:
        raise SettingError("generate", "ruff is needed to format the code; run `make install`")
    return found
