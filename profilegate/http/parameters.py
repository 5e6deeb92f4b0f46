"""Parameters: reads and checks those of path, query, headers and cookies."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace
from werkzeug.http import parse_cookie

from profilegate.errors import BodyUnreadableError, Violation
from profilegate.gateway.request import Request
from profilegate.media.json_text import read_json
from profilegate.openapi import Schema, Spec
from profilegate.openapi.parameters import Parameter
from profilegate.openapi.text_values import TextReader, pairs_of, split
from profilegate.openapi.validator import Validate, compile_validator

ReadParameter = Callable[[Request, Mapping[str, str]], Any]
"""Takes a request and its path parameters; returns one parameter's value, or None."""

ReadText = Callable[[str], Any]
"""Takes the text of a parameter; returns its value."""

CheckParameters = Callable[[Request, Mapping[str, str], list[Violation]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Compiled:
    argument: str | None
    violations_if_absent: list[Violation]
    read: ReadParameter
    validate: Validate


def compile_parameters(spec: Spec, parameters: Sequence[Parameter]) -> CheckParameters:
    """
    The function that reads an operation's parameters and appends their violations to a list.

    It returns the parameters of path and query by their arguments' names. It only checks headers
    and cookies.

    Raises:
        SpecError: a parameter is encoded in a media type other than JSON.
    """
    compiler = _Compiler(spec, parameters)
    compiled = [compiler.compile(parameter) for parameter in parameters]

    def check(
        request: Request, path: Mapping[str, str], violations: list[Violation]
    ) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for parameter in compiled:
            value = parameter.read(request, path)
            if value is not None:
                if found := parameter.validate(value):
                    violations += _of_parameters(found)
                if parameter.argument is not None:
                    values[parameter.argument] = value
            else:
                violations += parameter.violations_if_absent
        return values

    return check


def _of_parameters(violations: Sequence[Violation]) -> list[Violation]:
    return [replace(violation, is_parameter=True) for violation in violations]


class _Compiler:
    """Compiles the parameters of one operation."""

    def __init__(self, spec: Spec, parameters: Sequence[Parameter]) -> None:
        self._spec = spec
        self._texts = TextReader(spec)
        self._query_names = frozenset(
            {each.name for each in parameters if each.location == "query"}
            | {node["name"] for node in spec.security_schemes.values() if node.get("in") == "query"}
            | {name for each in parameters for name in self._names_spread(each)}
        )

    def _names_spread(self, parameter: Parameter) -> Iterator[str]:
        """The names that the members of an object have in a query, where it is spread."""
        schema = self._spec.schema(parameter.schema)
        if self._is_spread(parameter, schema):
            yield from self._texts.form(schema).members

    def compile(self, parameter: Parameter) -> _Compiled:
        """One parameter: how it is read and checked."""
        schema = self._spec.schema(parameter.schema)
        is_spread = self._is_spread(parameter, schema)
        # Each member of a spread object is a parameter: the object's name is never sent.
        path = () if is_spread else (parameter.name,)
        validate = compile_validator(self._spec, parameter.schema, path)
        absent: list[Violation] = []
        if parameter.is_required:
            missing_members = validate({}) if is_spread else None
            absent = _of_parameters(missing_members or [Violation((parameter.name,), "required")])
        return _Compiled(
            argument=parameter.argument if parameter.is_argument else None,
            violations_if_absent=absent,
            read=self._reader(parameter, schema, is_spread=is_spread),
            validate=validate,
        )

    def _is_spread(self, parameter: Parameter, schema: Schema) -> bool:
        """OpenAPI 3.0.3, Style Examples: ``form`` with ``explode`` writes ``R=100&G=200``."""
        return (
            parameter.location == "query"
            and parameter.media_type is None
            and parameter.style == "form"
            and parameter.explode
            and self._texts.form(schema).types == {"object"}
        )

    def _reader(self, parameter: Parameter, schema: Schema, *, is_spread: bool) -> ReadParameter:
        name = parameter.name
        if is_spread:
            others = self._query_names - {name}
            return lambda request, path: self._texts.spread(request.query(), schema, without=others)
        convert = self._converter(parameter, schema)
        if parameter.location == "path":
            return lambda request, path: convert(path[name])
        if parameter.location == "query":
            return self._query_reader(parameter, schema, convert)
        if parameter.location == "header":
            names = (name, *parameter.node.get("x-also-named", ()))
            return _header_reader([each.lower().encode() for each in names], convert)
        return _cookie_reader(name, convert)

    def _query_reader(
        self, parameter: Parameter, schema: Schema, convert: ReadText
    ) -> ReadParameter:
        name = parameter.name
        types = self._texts.form(schema).types
        if parameter.media_type is None and types & {"array", "object"}:
            return lambda request, path: self._texts.named(
                name, request.query(), schema, style=parameter.style, explode=parameter.explode
            )
        in_any_case = "x-any-case" in parameter.node
        words = {str(word).lower(): word for word in schema.enum or ()} if in_any_case else {}

        def read(request: Request, path: Mapping[str, str]) -> Any:
            text = request.query_value(name, in_any_case=in_any_case)
            if text is None:
                return None
            return convert(words.get(text.lower(), text) if in_any_case else text)

        return read

    def _converter(self, parameter: Parameter, schema: Schema) -> ReadText:
        """The function from a parameter's one text to its value."""
        if parameter.media_type is not None:
            return self._json_reader(parameter)
        types = self._texts.form(schema).types
        if types <= {"string"}:
            return _undecorated(parameter)
        strip = _undecorated(parameter)
        if types <= {"object"} and parameter.style == "matrix" and parameter.explode:
            # ;R=100;G=200: the name of the parameter is not sent.
            return lambda text: self._texts.paired(_pairs(parameter, _after(";", text)), schema)
        if types & {"array"}:
            return lambda text: self._texts.listed(_items(parameter, strip(text)), schema)
        if types <= {"object"}:
            return lambda text: self._texts.paired(_pairs(parameter, strip(text)), schema)
        return lambda text: self._texts.primitive(strip(text), schema)

    def _json_reader(self, parameter: Parameter) -> ReadText:
        media_type = parameter.media_type or ""
        if media_type != "application/json":
            raise self._spec.error(
                self._spec.where(parameter.node),
                f"a parameter cannot be read from {media_type}",
                "use application/json, or a schema and a style",
            )
        return lambda text: read_json(text.encode())


def _undecorated(parameter: Parameter) -> ReadText:
    """Without what the styles ``label`` and ``matrix`` put before a value in a path."""
    if parameter.style == "label":
        return lambda text: _after(".", text)
    if parameter.style == "matrix":
        return lambda text: _after(f";{parameter.name}=", text)
    return lambda text: text


def _after(prefix: str, text: str) -> str:
    if not text.startswith(prefix):
        raise BodyUnreadableError(f"a parameter of the path must begin with {prefix}")
    return text.removeprefix(prefix)


def _items(parameter: Parameter, text: str) -> list[str]:
    if parameter.style == "label":
        return split(text, "." if parameter.explode else ",")
    if parameter.style == "matrix" and parameter.explode:
        return split(text, f";{parameter.name}=")
    return [each.strip(" \t") for each in split(text, ",")]


def _pairs(parameter: Parameter, text: str) -> list[tuple[str, str]]:
    if not parameter.explode:
        return pairs_of(split(text, ","))
    delimiter = {"label": ".", "matrix": ";"}.get(parameter.style, ",")
    pairs = (part.partition("=") for part in split(text, delimiter))
    return [(name.strip(" \t"), value) for name, _, value in pairs]


def _header_reader(names: list[bytes], convert: ReadText) -> ReadParameter:
    def read(request: Request, path: Mapping[str, str]) -> Any:
        for name in names:
            if name in request.headers:
                return convert(request.header(name) or "")
        return None

    return read


def _cookie_reader(name: str, convert: ReadText) -> ReadParameter:
    def read(request: Request, path: Mapping[str, str]) -> Any:
        text = parse_cookie(request.header(b"cookie") or "").get(name)
        return None if text is None else convert(text)

    return read
