"""Situations from public bug reports of tools that are driven by specs: each works, or is an error.

Each spec is generated from as ``make generate`` does it, its handlers are imported, and it is
served in memory. What other modules of this folder claim is not repeated here.
"""

import importlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from profilegate.codegen.files import find_drift, write_files
from profilegate.errors import HandlerSignatureError, ProfilegateError, SpecError
from profilegate.gateway import loading
from profilegate.openapi import read_spec
from tests.foreign.acme import DONE, Acme, document, operation

TEXT = {"type": "string", "maxLength": 20, "pattern": "^[^\\x00]*$"}


def taking(schema: Any, **more: Any) -> dict[str, Any]:
    """A document with an operation that takes a JSON body."""
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    return document(operation("post", requestBody=body), **more)


def with_property(name: str, schema: Any) -> dict[str, Any]:
    """A document with a body that has one property of a component, which is required."""
    user = {"type": "object", "required": [name], "properties": {name: schema}}
    return taking({"$ref": "#/components/schemas/User"}, components={"schemas": {"User": user}})


def answering(responses: Any) -> dict[str, Any]:
    """A document with an operation that takes nothing."""
    return document(operation("post", responses=responses))


def of_pattern(pattern: str) -> dict[str, Any]:
    """A document with a body that has a text of a pattern."""
    return with_property("p", {"type": "string", "maxLength": 50, "pattern": pattern})


def written(text: str) -> str:
    """A document written by hand."""
    return text


HEAD = 'openapi: "3.0.3"\ninfo: {title: Acme, version: "1"}\n'
BY_HAND = (
    HEAD + "paths:\n  /acme:\n    post:\n      operationId: act\n"
    "      requestBody: {required: true, content: {application/json: {schema: "
    "{$ref: '#/components/schemas/User'}}}}\n"
    "      responses: {200: {description: D, content: {application/json: {schema: {}}}}}\n"
    "components:\n  schemas:\n"
)
ANCHORS = (
    BY_HAND + "    Name: &name {type: string, maxLength: 3, pattern: '^[a-z]*$'}\n"
    "    User: {type: object, required: [a, b], properties: {a: *name, b: *name}}\n"
)
WORDS = (
    BY_HAND + "    User: {type: object, required: [a], properties: "
    "{a: {type: string, enum: [NO, 12:30, 010]}}}\n"
)

OK, BAD = 200, 400

Sent = list[tuple[Any, int]]

WORKS: dict[str, tuple[dict[str, Any] | str, Sent]] = {
    "a pattern with escaped angle brackets": (
        of_pattern(r"^[^\<\>&\x00]+$"),
        [({"p": "a"}, OK), ({"p": "<a"}, BAD), ({"p": "a>"}, BAD)],
    ),
    "a pattern with a property of Unicode": (
        of_pattern(r"^\p{L}+$"),
        [({"p": "Žofie"}, OK), ({"p": "a1"}, BAD)],
    ),
    "a pattern with a code point in braces": (
        of_pattern(r"^\u{1F600}$"),
        [({"p": "\U0001f600"}, OK), ({"p": "u"}, BAD)],
    ),
    "a pattern with a named group": (
        of_pattern(r"^(?<x>[ab])\k<x>$"),
        [({"p": "aa"}, OK), ({"p": "ab"}, BAD)],
    ),
    "a class that ends with a hyphen": (
        of_pattern(r"^[\w-.]+$"),
        [({"p": "a-b.c"}, OK), ({"p": "a b"}, BAD)],
    ),
    "a response for a range of codes": (
        answering({"2XX": {"description": "D", "content": {"application/json": {"schema": {}}}}}),
        [(None, 200)],
    ),
    "a default response only": (
        answering({"default": {"description": "D"}}),
        [(None, 200)],
    ),
    "a success without content": (answering({"202": {"description": "D"}}), [(None, 202)]),
    "a response without a schema": (
        answering({"200": {"description": "D", "content": {"application/json": {}}}}),
        [(None, 200)],
    ),
    "a body without a schema": (
        document(
            operation(
                "post",
                requestBody={"content": {"application/json": {"example": {"a": 1}}}},
            )
        ),
        [({"a": 1}, OK), ([5], OK)],
    ),
    "aliases": (ANCHORS, [({"a": "x", "b": "y"}, OK), ({"a": "x", "b": "long"}, BAD)]),
    "line ends of Windows": (
        ANCHORS.replace("\n", "\r\n"),
        [({"a": "x", "b": "y"}, OK), ({"a": "x"}, BAD)],
    ),
    "a byte order mark": ("\ufeff" + ANCHORS, [({"a": "x", "b": "y"}, OK), ({"a": "x"}, BAD)]),
    "JSON with tabs": (
        json.dumps(with_property("a", TEXT), indent="\t"),
        [({"a": "x"}, OK), ({"a": 5}, BAD)],
    ),
    "words that YAML 1.1 converts": (
        WORDS,
        [({"a": "NO"}, OK), ({"a": "12:30"}, OK), ({"a": "010"}, OK), ({"a": False}, BAD)],
    ),
    "a repeated value of an enum": (
        with_property("a", {"type": "string", "enum": ["x", "y", "x"]}),
        [({"a": "x"}, OK), ({"a": "z"}, BAD)],
    ),
    "an enum with objects": (
        with_property("a", {"enum": [{"x": 1}, [2], 3.5, None]}),
        [({"a": {"x": 1}}, OK), ({"a": [2]}, OK), ({"a": {"x": 2}}, BAD)],
    ),
    "a property without a name": (with_property("", TEXT), [({"": "x"}, OK), ({}, BAD)]),
    **{
        f"a property called {name}": (with_property(name, TEXT), [({name: "x"}, OK), ({}, BAD)])
        for name in (
            "list", "str", "dict", "int", "bool", "Any", "Literal", "None", "class", "self",
            "body", "1st", "@type", "-", "a/b~c", "имя", "a b", "$ref", "a.b", '"', "\\",
        )
    },
    "properties whose names differ in their signs": (
        taking({"type": "object", "properties": dict.fromkeys(("a-b", "a_b", "a.b"), TEXT)}),
        [({"a-b": "x", "a_b": "y", "a.b": "z"}, OK), ({"a.b": 5}, BAD)],
    ),
    "annotations and foreign keys": (
        with_property(
            "a",
            {
                **TEXT,
                "title": "T",
                "deprecated": True,
                "default": "x",
                "externalDocs": {"url": "https://acme.example"},
                "xml": {"name": "A"},
                "x-acme-internal": {"any": ["thing"]},
            },
        ),
        [({"a": "x"}, OK), ({"a": 5}, BAD)],
    ),
    "a deeply nested schema": (
        taking(
            {
                "type": "object",
                "properties": {
                    "a": {
                        "type": "object",
                        "properties": {
                            "b": {
                                "type": "array",
                                "maxItems": 2,
                                "items": {
                                    "type": "object",
                                    "required": ["c"],
                                    "properties": {"c": {"type": "integer"}},
                                },
                            }
                        },
                    }
                },
            }
        ),
        [({"a": {"b": [{"c": 1}]}}, OK), ({"a": {"b": [{}]}}, BAD), ({"a": {"b": 1}}, BAD)],
    ),
}  # fmt: skip

REJECTED: dict[str, tuple[dict[str, Any] | str, str, str]] = {
    "a pattern with surrogates": (
        of_pattern(r"^[\ud800-\udfff]$"),
        "/components/schemas/User/properties/p/pattern",
        r"the pattern ^[\ud800-\udfff]$ cannot be compiled",
    ),
    "a pattern with a huge repetition": (
        of_pattern("^.{1,100000}$"),
        "/components/schemas/User/properties/p/pattern",
        "the pattern ^.{1,100000}$ cannot be compiled",
    ),
    "a schema called like a type": (
        taking({"$ref": "#/components/schemas/list"}, components={"schemas": {"list": TEXT}}),
        "/components/schemas/list",
        'no class in the generated code can be called "list"',
    ),
    "an operation called like a type": (
        document(operation(operationId="list")),
        "/paths/~1acme/get/operationId",
        'a function called "list" would hide a name that handlers need',
    ),
    "a keyword of another version": (
        with_property("a", {"type": "string", "const": "x"}),
        "/components/schemas/User/properties/a/const",
        'keyword "const" is not supported on a schema',
    ),
    "a bound of another version": (
        with_property("a", {"type": "integer", "exclusiveMinimum": 5}),
        "/components/schemas/User/properties/a/exclusiveMinimum",
        "exclusiveMinimum must be true or false in OpenAPI 3.0",
    ),
    "a method that is not served": (
        document({"/acme": {"options": {"operationId": "act", "responses": DONE}}}),
        "/paths/~1acme/options",
        'keyword "options" is not supported on a path item',
    ),
}


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with specs and handlers, whose handlers can be imported."""
    (tmp_path / "specs").mkdir()
    monkeypatch.setattr("profilegate.handlers.__path__", [str(tmp_path / "handlers")])
    yield tmp_path
    for name in [each for each in sys.modules if each.startswith("profilegate.handlers.acme")]:
        del sys.modules[name]


def generate(checkout: Path, spec: dict[str, Any] | str) -> Path:
    """Generate from one spec; give its file."""
    file = checkout / "specs" / "acme.yaml"
    text = spec if isinstance(spec, str) else yaml.safe_dump(spec, sort_keys=False)
    file.write_bytes(text.encode())
    write_files(checkout / "specs", checkout / "handlers")
    return file


@pytest.mark.parametrize(("spec", "sent"), WORKS.values(), ids=WORKS)
def test_it_works(checkout: Path, spec: dict[str, Any] | str, sent: Sent) -> None:
    """
    "A fifth provider is a spec and thin handlers", for specs as companies publish them.
    """
    found = read_spec(generate(checkout, spec))
    loading.load_provider(found)

    assert [] == find_drift(checkout / "specs", checkout / "handlers")
    with Acme(checkout, found) as acme:
        statuses = [
            acme.send("POST", "/acme", **({} if value is None else {"json": value})).status_code
            for value, _ in sent
        ]
        assert [status for _, status in sent] == statuses


@pytest.mark.parametrize(("spec", "pointer", "what"), REJECTED.values(), ids=REJECTED)
def test_it_is_an_error_of_generate(
    checkout: Path, spec: dict[str, Any] | str, pointer: str, what: str
) -> None:
    """
    "Rejected by ``generate`` with a clear message": no traceback, and no rule that is dropped.
    """
    with pytest.raises(SpecError) as caught:
        generate(checkout, spec)

    assert (pointer, what) == (caught.value.pointer, caught.value.what)
    assert caught.value.line is not None


def with_id(name: str) -> dict[str, Any]:
    """A document with a parameter in the path."""
    parameter = {"name": name, "in": "path", "required": True, "schema": TEXT}
    return document(operation("get", f"/acme/{{{name}}}", parameters=[parameter]))


CHANGED_HANDLERS = {
    "a renamed parameter of the path": (
        "async def act(call, *, user_id): ...\n",
        "cannot be called: missing a required argument: 'user_id'",
    ),
    "an argument less": ("async def act(call): ...\n", "cannot be called: got an unexpected"),
    "a helper of the same name": ("act = 5\n", "cannot be called: 5 is not a callable object"),
}


@pytest.mark.parametrize(("source", "why"), CHANGED_HANDLERS.values(), ids=CHANGED_HANDLERS)
def test_a_handler_that_does_not_fit_stops_the_start(checkout: Path, source: str, why: str) -> None:
    """
    Otherwise each call of the operation would end in an unexpected error.
    """
    found = read_spec(generate(checkout, with_id("id")))
    (checkout / "handlers" / "acme" / "operations.py").write_text(source)
    importlib.invalidate_caches()
    with pytest.raises(HandlerSignatureError) as caught:
        loading.load_provider(found)

    assert caught.value.why.startswith(why)


def test_a_handler_that_takes_more_by_choice_fits(checkout: Path) -> None:
    """
    Arguments with defaults are the author's own.
    """
    found = read_spec(generate(checkout, with_id("id")))
    source = "async def act(call, *, id, more=None, **others): ...\n"
    (checkout / "handlers" / "acme" / "operations.py").write_text(source)
    importlib.invalidate_caches()

    assert "acme" == loading.load_provider(found).name


def test_no_error_is_a_traceback() -> None:
    """
    Every error of an author is one that the commands report.
    """
    assert issubclass(HandlerSignatureError, ProfilegateError)
