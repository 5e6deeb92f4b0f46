"""Random specs with random requests: each says what an independent validator must find."""

import copy
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlencode

from hypothesis import assume
from hypothesis import strategies as st
from openapi_schema_validator import OAS30WriteValidator

from tests.foreign.acme import DONE, HEAD
from tests.openapi.test_against_another_validator import (
    NUMERIC,
    SCHEMAS,
    TEXTS,
    VALUES,
    WORDS,
    some,
)

PRIMITIVES = TEXTS | WORDS | NUMERIC | st.just({"type": "boolean"})

TOKENS = st.sampled_from(
    "-4 0 1 3 10 12 0.5 2.5 a ab b x 2024-02-29 10.0.0.1 true false null".split()
)
"""Texts of values. None is empty or has a delimiter: those are written in no way that is agreed."""

STYLES: Final[Mapping[str, tuple[tuple[str, bool], ...]]] = {
    "path primitive": (("simple", False), ("label", False), ("matrix", False)),
    "path several": tuple((s, e) for s in ("simple", "label", "matrix") for e in (False, True)),
    "query primitive": (("form", True), ("form", False)),
    "query array": (
        ("form", True),
        ("form", False),
        ("spaceDelimited", False),
        ("pipeDelimited", False),
    ),
    "query object": (("form", True), ("form", False), ("deepObject", True)),
    "header primitive": (("simple", False),),
    "header several": (("simple", False), ("simple", True)),
    "cookie primitive": (("form", True),),
    "cookie several": (("form", False),),
}
"""The styles of each location and shape with their ``explode`` (OpenAPI 3.0.3, Style Values)."""

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
ABSENT: Final = object()
"""The value of a parameter that is not sent."""


@dataclass
class Sending:
    """A request in the making, and whether each of its parts is valid."""

    path: str = "/acme"
    query: list[str] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    cookies: list[str] = field(default_factory=list)
    content: bytes | None = None
    is_valid: bool = True
    parts: list[Any] = field(default_factory=list)

    def add(self, schema: Any, value: Any, *, is_required: bool) -> None:
        """Note whether a part is valid."""
        self.parts.append((schema, "absent" if value is ABSENT else value))
        if value is ABSENT:
            self.is_valid = self.is_valid and not is_required
            return
        other = OAS30WriteValidator(schema, format_checker=OAS30WriteValidator.FORMAT_CHECKER)
        self.is_valid = self.is_valid and other.is_valid(value)

    @property
    def target(self) -> str:
        """The path and the query."""
        return self.path + (f"?{'&'.join(self.query)}" if self.query else "")


@st.composite
def _schemas(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """A schema of a parameter: a primitive, a list or an object of primitives."""
    shape = draw(st.sampled_from(["primitive", "primitive", "array", "object"]))
    if shape == "primitive":
        primitive: dict[str, Any] = draw(PRIMITIVES)
        return primitive
    if shape == "array":
        rules = draw(some(minItems=st.integers(0, 2), maxItems=st.integers(1, 3)))
        return {"type": "array", "items": draw(PRIMITIVES), "uniqueItems": True, **rules}
    names = [f"{name}{letter}" for letter in "ab"]
    rules = draw(
        some(
            required=st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True),
            additionalProperties=st.booleans() | PRIMITIVES,
            maxProperties=st.integers(1, 3),
        )
    )
    return {"type": "object", "properties": {each: draw(PRIMITIVES) for each in names}, **rules}


@st.composite
def _parameters(draw: st.DrawFn, name: str, location: str) -> dict[str, Any]:
    schema = draw(_schemas(name))
    kind = schema["type"] if schema["type"] in ("array", "object") else "primitive"
    styles = STYLES.get(f"{location} {kind}") or STYLES[f"{location} several"]
    style, explode = draw(st.sampled_from(styles))
    return {
        "name": name,
        "in": location,
        "required": location == "path" or draw(st.booleans()),
        "style": style,
        "explode": explode,
        "schema": schema,
    }


def _is_spread(parameter: Any) -> bool:
    is_object = parameter["schema"]["type"] == "object"
    is_exploded = parameter["style"] == "form" and parameter["explode"]
    return bool(parameter["in"] == "query" and is_object and is_exploded)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A document with one operation: parameters in random places and styles, and a body."""
    locations = draw(st.lists(st.sampled_from(["query", "query", "header", "cookie"]), max_size=3))
    if draw(st.booleans()):
        locations.append("path")
    parameters = [draw(_parameters(f"p{n}", where)) for n, where in enumerate(locations)]
    # A name that no parameter has would be a member of each object that is spread over the query.
    assume(1 >= sum(map(_is_spread, parameters)))
    operation: dict[str, Any] = {
        "operationId": "act",
        "parameters": parameters,
        "responses": DONE,
    }
    kind = draw(st.sampled_from(["none", "json", "form"]))
    if kind == "json":
        schema = {"$ref": "#/components/schemas/Thing"}
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    if kind == "form":
        schema = draw(_schemas("f").filter(lambda each: each["type"] == "object"))
        operation["requestBody"] = {"required": True, "content": {FORM: {"schema": schema}}}
    path = f"/acme/{{p{len(locations) - 1}}}" if "path" in locations else "/acme"
    schemas = {"Thing": draw(SCHEMAS)}
    made = {**HEAD, "paths": {path: {"post": operation}}, "components": {"schemas": schemas}}
    made = copy.deepcopy(made)
    _drop_lone_exclusives(made)
    return made


def _drop_lone_exclusives(node: Any) -> None:
    """Without an ``exclusiveMinimum`` that has no ``minimum``: OpenAPI forbids it."""
    if isinstance(node, dict):
        for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
            if exclusive in node and bound not in node:
                del node[exclusive]
    for child in node.values() if isinstance(node, dict) else node:
        if isinstance(child, dict | list):
            _drop_lone_exclusives(child)


@st.composite
def requests(draw: st.DrawFn, document: dict[str, Any]) -> Sending:
    """A request to the operation of a document, half of the time with values that may fit."""
    [item] = document["paths"].values()
    operation = item["post"]
    sending = Sending()
    for parameter in operation["parameters"]:
        if parameter["in"] != "path" and draw(st.integers(0, 3)) == 0:
            sending.add(parameter["schema"], ABSENT, is_required=parameter["required"])
            continue
        texts = draw(_texts(parameter))
        value = _typed(texts, parameter["schema"])
        sending.add(parameter["schema"], value, is_required=True)
        _encode(sending, parameter, texts)
    content = operation.get("requestBody", {}).get("content", {})
    if JSON in content:
        value = draw(VALUES)
        sending.add(document["components"]["schemas"]["Thing"], value, is_required=True)
        sending.content, sending.headers["Content-Type"] = json.dumps(value).encode(), JSON
    if FORM in content:
        schema = content[FORM]["schema"]
        texts = draw(_members(schema))
        sending.add(schema, _typed(texts, schema), is_required=True)
        sending.content, sending.headers["Content-Type"] = urlencode(texts).encode(), FORM
    if sending.cookies:
        sending.headers["Cookie"] = "; ".join(sending.cookies)
    return sending


@st.composite
def _members(draw: st.DrawFn, schema: Any) -> dict[str, str]:
    """Some members of an object, one of them perhaps unknown."""
    names = [*schema["properties"], "other" + next(iter(schema["properties"]))]
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
    return {name: draw(_fitting(schema["properties"].get(name, {}))) for name in chosen}


def _fitting(schema: Any) -> st.SearchStrategy[str]:
    """Texts for a primitive: any of all, or one of its kind."""
    numbers = st.sampled_from(["-2", "0", "1", "3", "4", "6", "9"])
    kinds = {
        "integer": numbers,
        "number": numbers | st.sampled_from(["0.5", "2.5"]),
        "boolean": st.sampled_from(["true", "false"]),
    }
    own = st.sampled_from(schema["enum"]) if "enum" in schema else kinds.get(schema.get("type"))
    return TOKENS if own is None else own | own | TOKENS


@st.composite
def _texts(draw: st.DrawFn, parameter: Any) -> Any:
    """The texts of a parameter: one, a list, or an object of them."""
    schema = parameter["schema"]
    if schema["type"] == "object":
        return draw(_members(schema).filter(lambda texts: _can_be_split(parameter, texts.values())))
    if schema["type"] == "array":
        several = st.lists(_fitting(schema["items"]), min_size=1, max_size=4)
        return draw(several.filter(lambda texts: _can_be_split(parameter, texts)))
    return draw(_fitting(schema))


def _can_be_split(parameter: Any, texts: Iterable[str]) -> bool:
    """Whether no text has the delimiter of the style ``label``, a point."""
    is_point = parameter["style"] == "label" and parameter["explode"]
    return not is_point or not any("." in text for text in texts)


def _typed(texts: Any, schema: Any) -> Any:
    """The value that texts are by their schema; a text that does not fit stays one."""
    if isinstance(texts, dict):
        additional = schema.get("additionalProperties")
        rest = additional if isinstance(additional, dict) else {}
        return {k: _typed(v, schema["properties"].get(k, rest)) for k, v in texts.items()}
    if isinstance(texts, list):
        return [_typed(text, schema["items"]) for text in texts]
    kind = schema.get("type")
    if kind == "boolean" and texts in ("true", "false"):
        return texts == "true"
    if kind in ("integer", "number"):
        try:
            value = float(texts)
        except ValueError:
            return texts
        return int(value) if value.is_integer() else value
    return texts


def _encode(sending: Sending, parameter: Any, texts: Any) -> None:
    """Write a parameter by its location, style and ``explode``."""
    name, style, explode = parameter["name"], parameter["style"], parameter["explode"]
    if parameter["in"] == "query":
        sending.query += _query(name, style, texts, explode=explode)
    elif parameter["in"] == "path":
        sending.path = f"/acme/{_segment(name, style, texts, explode=explode)}"
    elif parameter["in"] == "header":
        sending.headers[name] = _joined(texts, ",", explode=explode)
    else:
        sending.cookies.append(f"{name}={_joined(texts, ',', explode=False)}")


def _joined(texts: Any, delimiter: str, *, explode: bool) -> str:
    if isinstance(texts, dict):
        between = "=" if explode else delimiter
        return delimiter.join(f"{key}{between}{text}" for key, text in texts.items())
    return delimiter.join(texts) if isinstance(texts, list) else str(texts)


def _segment(name: str, style: str, texts: Any, *, explode: bool) -> str:
    if style == "label":
        return "." + _joined(texts, "." if explode else ",", explode=explode)
    if style == "matrix":
        if explode and isinstance(texts, list):
            return "".join(f";{name}={text}" for text in texts)
        if explode and isinstance(texts, dict):
            return "".join(f";{key}={text}" for key, text in texts.items())
        return f";{name}={_joined(texts, ',', explode=False)}"
    return _joined(texts, ",", explode=explode)


def _query(name: str, style: str, texts: Any, *, explode: bool) -> list[str]:
    if style == "deepObject":
        return [f"{name}[{key}]={quote(text)}" for key, text in texts.items()]
    if explode and isinstance(texts, dict):
        return [f"{key}={quote(text)}" for key, text in texts.items()]
    if explode and isinstance(texts, list):
        return [f"{name}={quote(text)}" for text in texts]
    delimiter = {"spaceDelimited": "%20", "pipeDelimited": "|"}.get(style, ",")
    return [f"{name}={_joined(texts, delimiter, explode=False)}"]
