"""First handlers: written once for a new spec, and never over what a person wrote."""

import importlib
import shutil
import sys
from pathlib import Path

import pytest

from profilegate.codegen.files import write_files

OPERATIONS = Path(__file__).parent / "operations" / "spec.yaml"

FIRST = '''\
"""Operations: parameters and responses: the operations of specs/museum.yaml."""

from typing import Literal

from profilegate.gateway.call import Call
from profilegate.gateway.examples import example

from ._generated import AddThingBody, AddThingResponse, Day, Thing


async def show_thing(
    call: Call, *, thing_id: str, language: Literal["en", "ru"] | None = None, since: Day
) -> Thing:
    """Show a thing."""
    return example(call, "show_thing")


async def replace_thing(call: Call, *, thing_id: str, body: Thing) -> str:
    """Replace a thing, in JSON or as a form."""
    return example(call, "replace_thing")


async def remove_thing(call: Call, *, thing_id: str) -> None:
    """remove_thing."""
    return None


async def list_things(call: Call) -> list[Thing]:
    """List all things."""
    return example(call, "list_things")


async def add_thing(call: Call, *, body: AddThingBody | None = None) -> AddThingResponse:
    """Add a thing."""
    return example(call, "add_thing")
'''

BY_HAND = '''\
"""The museum, by hand."""

import json, os
from profilegate.gateway.call import Call
from ._generated import (
    Thing,  # what is shown
)
from .elsewhere import replace_thing

SHOWN = {  'a':1 }

async def show_thing(call:Call, *, thing_id:str, language=None, since:str) -> Thing :
    "By hand."
    return {'name':  os.name}


def list_things(call: Call): return json.loads('[]')


remove_thing = show_thing
'''

GAINED = '''

async def add_thing(call: Call, *, body: AddThingBody | None = None) -> AddThingResponse:
    """Add a thing."""
    return example(call, "add_thing")
'''


@pytest.fixture
def museum(tmp_path: Path) -> Path:
    """
    A checkout with one spec, and no handlers yet; the path of its operations.
    """
    (tmp_path / "specs").mkdir()
    shutil.copy(OPERATIONS, tmp_path / "specs" / "museum.yaml")
    return tmp_path / "handlers" / "museum" / "operations.py"


def generate(operations: Path) -> list[str]:
    """Generate in the checkout; give the files that were written."""
    root = operations.parents[2]
    return write_files(root / "specs", root / "handlers")


def test_a_new_spec_gets_a_function_for_each_operation(museum: Path) -> None:
    """
    A new spec can be served at once: its functions are typed, have their summaries, and respond
    with the examples of the spec.
    """
    written = generate(museum)

    assert (
        [
            "handlers/museum/_generated.py",
            "handlers/museum/__init__.py",
            "handlers/museum/operations.py",
        ],
        FIRST,
    ) == (written, museum.read_text())


def test_first_handlers_can_be_imported(museum: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What is written runs as it is, beside the code that it was generated with.
    """
    generate(museum)
    monkeypatch.syspath_prepend(museum.parents[1])
    module = importlib.import_module("museum.operations")
    for name in ("museum", "museum.operations", "museum._generated"):
        del sys.modules[name]

    assert "Add a thing." == module.add_thing.__doc__


def test_handlers_that_are_all_there_are_never_touched(museum: Path) -> None:
    """
    "written once and never overwritten": not even to format it.
    """
    museum.parent.mkdir(parents=True)
    text = BY_HAND + "\n\nfrom .elsewhere import add_thing\n"
    museum.write_text(text)
    written = generate(museum)

    assert ["handlers/museum/_generated.py", "handlers/museum/__init__.py"] == written
    assert text == museum.read_text()


def test_handlers_by_hand_gain_the_missing_function_and_keep_every_line(museum: Path) -> None:
    """
    An operation counts as there however its name comes about: defined, imported or assigned.
    Only the imports are sorted, because new ones are added to them.
    """
    museum.parent.mkdir(parents=True)
    museum.write_text(BY_HAND)
    generate(museum)
    head, _, rest = museum.read_text().partition("SHOWN")

    assert (
        '"""The museum, by hand."""\n'
        "\n"
        "import json\n"
        "import os\n"
        "\n"
        "from profilegate.gateway.call import Call\n"
        "from profilegate.gateway.examples import example\n"
        "\n"
        "from ._generated import (\n"
        "    AddThingBody,\n"
        "    AddThingResponse,\n"
        "    Thing,  # what is shown\n"
        ")\n"
        "from .elsewhere import replace_thing\n"
        "\n",
        BY_HAND.partition("SHOWN")[2] + GAINED,
    ) == (head, rest)


def test_generating_twice_writes_first_handlers_once(museum: Path) -> None:
    """
    The second time there is nothing missing.
    """
    generate(museum)

    assert [] == generate(museum)


def test_a_spec_without_types_gets_handlers_that_import_none(tmp_path: Path) -> None:
    """
    An operation with neither body nor response needs no name of the generated code.
    """
    (tmp_path / "specs").mkdir()
    shutil.copy(
        Path(__file__).parent / "no_profile" / "spec.yaml", tmp_path / "specs" / "sign.yaml"
    )
    write_files(tmp_path / "specs", tmp_path / "handlers")

    assert (
        '"""Nothing of it lives in the profile: the operations of specs/sign.yaml."""\n'
        "\n"
        "from profilegate.gateway.call import Call\n"
        "\n"
        "\n"
        "async def ping(call: Call) -> None:\n"
        '    """Say that we are here."""\n'
        "    return None\n" == (tmp_path / "handlers" / "sign" / "operations.py").read_text()
    )
