"""Valid and invalid requests to each operation of a provider, made from its spec."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from profilegate.admin.seed_files import read_demo_data
from profilegate.openapi import Node, Operation, Spec, read_spec
from profilegate.openapi.examples import example_of_media, example_of_parameter
from profilegate.openapi.media_types import bare, kind_of
from profilegate.openapi.parameters import Parameter
from profilegate.openapi.resources import specs_folder
from profilegate.openapi.validator import compile_validator
from tests.running_gateway import Response, RunningGateway

BAD_REQUEST = 400

BOUNDARY = "first-calls"

ALWAYS_SENT = frozenset({"user-agent", "host", "accept-encoding", "connection"})
"""Headers that clients add themselves."""


@dataclass(frozen=True, slots=True)
class FirstCall:
    """One request, and the status of its response."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes | None
    status: int

    def send(self, gateway: RunningGateway) -> Response:
        """Send it once."""
        return gateway.send(self.method, self.target, headers=self.headers, body=self.body)


@dataclass(slots=True)
class Draft:
    """The parts of a request before they are written."""

    path: str
    query: list[tuple[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    cookies: list[tuple[str, str]] = field(default_factory=list)


def first_calls(name: str) -> dict[str, FirstCall]:
    """A valid request to each operation of a provider."""
    spec = read_spec(specs_folder() / f"{name}.yaml")
    texts = demo_credentials(name)
    return {each.id: valid_call(spec, each, texts) for each in spec.operations()}


def invalid_calls(name: str) -> dict[str, FirstCall]:
    """One request that the spec excludes; none if it takes any."""
    spec = read_spec(specs_folder() / f"{name}.yaml")
    texts = demo_credentials(name)
    for each in spec.operations():
        for what, call in bad_calls(spec, each, texts):
            return {f"{each.id}: {what}": call}
    return {}


def demo_credentials(name: str) -> dict[str, tuple[str, str]]:
    """The demo data's text and secret for each security scheme of a provider."""
    return {
        each["kind"]: (each["text"], each.get("secret", ""))
        for each in read_demo_data()["credentials"]
        if each["provider"] == name
    }


Credentials = Mapping[str, tuple[str, str]]

Values = Sequence[tuple[Parameter, Any]]


def valid_call(
    spec: Spec, operation: Operation, credentials: Credentials, *, everything: bool = False
) -> FirstCall:
    """A valid request; ``everything``: with its optional parameters too."""
    values = [
        (each, example_of_parameter(spec, each))
        for each in operation.parameters
        if each.is_required or (everything and _is_writable(spec, each))
    ]
    return _call(spec, operation, credentials, values, _bodies(spec, operation), operation.status)


def bad_calls(
    spec: Spec, operation: Operation, credentials: Credentials
) -> Iterator[tuple[str, FirstCall]]:
    """Requests with one mistake each: something required is missing, or is of a wrong type."""
    values = [
        (each, example_of_parameter(spec, each))
        for each in operation.parameters
        if each.is_required
    ]
    good = _bodies(spec, operation)

    def call(values: Values, body: Any) -> FirstCall:
        return _call(spec, operation, credentials, values, body, BAD_REQUEST)

    for each in operation.parameters:
        rest = [(other, value) for other, value in values if other is not each]
        is_sent = each.location != "path" and each.name.lower() not in ALWAYS_SENT
        if (
            each.is_required
            and is_sent
            and not _is_credential(spec, each)
            and not _is_spread(spec, each)
        ):
            yield f"without the parameter {each.name}", call(rest, good)
        if _is_of_numbers(spec, each):
            yield f"{each.name} is no number", call([*rest, (each, "no-number")], good)
    if good is None or kind_of(good[0], operation.bodies[good[0]], {}) != "json":
        return
    media_type, value = good
    is_invalid = compile_validator(spec, operation.bodies[media_type]["schema"])
    for what, bad in _bad_bodies(value):
        if is_invalid(bad):
            yield what, call(values, (media_type, bad))


def _is_writable(spec: Spec, parameter: Parameter) -> bool:
    """OpenAPI says of no style how a list of objects is written."""
    value = example_of_parameter(spec, parameter)
    return not isinstance(value, list) or not _has_objects(value)


def _is_credential(spec: Spec, parameter: Parameter) -> bool:
    return any(node.get("name") == parameter.name for node in spec.security_schemes.values())


def _is_of_numbers(spec: Spec, parameter: Parameter) -> bool:
    schema = spec.schema(parameter.schema)
    return parameter.media_type is None and schema.type in ("integer", "number")


def _is_spread(spec: Spec, parameter: Parameter) -> bool:
    return parameter.location == "query" and isinstance(example_of_parameter(spec, parameter), dict)


def _bad_bodies(value: Any) -> Iterator[tuple[str, Any]]:
    yield "a number in the place of the body", 5 if not isinstance(value, int) else "text"
    yield "a list in the place of the body", [] if not isinstance(value, list) else {}
    if isinstance(value, dict):
        for name in value:
            rest = {key: each for key, each in value.items() if key != name}
            yield f"without {name}", rest
            yield f"{name} of another type", {**value, name: {"other": "type"}}
            yield f"{name} is a list", {**value, name: [["list"]]}


def _bodies(spec: Spec, operation: Operation) -> tuple[str, Any] | None:
    for media_type, media in operation.bodies.items():
        return media_type, example_of_media(spec, media, of_request=True)
    return None


# --- Requests as they are sent -----------------------------------------------------------


def _call(
    spec: Spec,
    operation: Operation,
    credentials: Credentials,
    values: Values,
    body: tuple[str, Any] | None,
    status: int,
) -> FirstCall:
    draft = Draft(operation.paths[0])
    for parameter, value in values:
        _put(draft, parameter, value)
    _authenticate(spec, operation, credentials, draft)
    if spec.host is not None:
        draft.headers["Host"] = spec.host
    if draft.cookies:
        draft.headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in draft.cookies)
    content = None
    if body is not None:
        media_type, value = body
        node = operation.bodies[media_type]
        kind = kind_of(media_type, node, spec.resolve(node["schema"])) or "json"
        content = _encoded(kind, value, node)
        boundary = f"; boundary={BOUNDARY}" if kind == "multipart" else ""
        draft.headers["Content-Type"] = bare(media_type) + boundary
    query = urlencode(draft.query)
    target = f"{draft.path}?{query}" if query else draft.path
    return FirstCall(operation.method, target, draft.headers, content, status)


def _put(draft: Draft, parameter: Parameter, value: Any) -> None:
    if parameter.media_type is not None:
        value = json.dumps(value)
    if parameter.location == "path":
        text = quote(_simple(value, parameter), safe=",;=.")
        prefix = {"label": ".", "matrix": f";{parameter.name}="}.get(parameter.style, "")
        draft.path = draft.path.replace(f"{{{parameter.name}}}", prefix + text)
    elif parameter.location == "query":
        draft.query += _query(parameter, value)
    elif parameter.location == "header":
        draft.headers[parameter.name] = _simple(value, parameter)
    else:
        draft.cookies.append((parameter.name, _simple(value, parameter)))


def _simple(value: Any, parameter: Parameter) -> str:
    if isinstance(value, list):
        return ",".join(map(_text, value))
    if isinstance(value, dict):
        sign = "=" if parameter.explode else ","
        return ",".join(f"{key}{sign}{_text(each)}" for key, each in value.items())
    return _text(value)


def _query(parameter: Parameter, value: Any) -> list[tuple[str, str]]:
    name = parameter.name
    if isinstance(value, list):
        if parameter.explode:
            return [(name, _text(each)) for each in value]
        sign = {"spaceDelimited": " ", "pipeDelimited": "|"}.get(parameter.style, ",")
        return [(name, sign.join(map(_text, value)))]
    if isinstance(value, dict):
        if parameter.style == "deepObject":
            return list(_nested(name, value))
        if parameter.explode:
            return [(key, _text(each)) for key, each in value.items()]
        return [(name, _simple(value, parameter))]
    return [(name, _text(value))]


def _nested(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _nested(f"{name}[{key}]", each)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _nested(f"{name}[{number}]", each)
    else:
        yield name, _text(value)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return json.dumps(value)


def _encoded(kind: str, value: Any, node: Node) -> bytes:
    if kind == "form":
        return urlencode(list(_form_fields(value, node))).encode()
    if kind == "multipart":
        return _multipart(value)
    if kind == "lines":
        return b"".join(json.dumps(each).encode() + b"\n" for each in value)
    if kind in ("text", "binary"):
        return _text(value).encode()
    return json.dumps(value).encode()


def _form_fields(value: Mapping[str, Any], node: Node) -> Iterator[tuple[str, str]]:
    for name, each in value.items():
        encoding = node.get("encoding", {}).get(name, {})
        if "json" in encoding.get("contentType", ""):
            yield name, json.dumps(each)
        elif isinstance(each, list) and not _has_objects(each):
            if encoding.get("explode", True):
                yield from ((name, _text(item)) for item in each)
            else:
                yield name, ",".join(map(_text, each))
        else:
            yield from _nested(name, each)


def _has_objects(items: Sequence[Any]) -> bool:
    return any(isinstance(each, dict | list) for each in items)


def _multipart(value: Mapping[str, Any]) -> bytes:
    parts = []
    for name, each in value.items():
        items = each if isinstance(each, list) and not _has_objects(each) else [each]
        for item in items:
            kind = "Content-Type: application/json\r\n" if isinstance(item, dict | list) else ""
            head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n{kind}\r\n'
            parts.append(f"{head}{_text(item)}\r\n".encode())
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


def _authenticate(spec: Spec, operation: Operation, credentials: Credentials, draft: Draft) -> None:
    requirements = operation.node.get("security", spec.document.get("security", []))
    for name in requirements[0] if requirements else ():
        node = spec.security_schemes[name]
        text, secret = credentials[name]
        if node["type"] == "apiKey" and node["in"] == "header":
            draft.headers[node["name"]] = text
        elif node["type"] == "apiKey" and node["in"] == "query":
            others = [pair for pair in draft.query if pair[0] != node["name"]]
            draft.query = [*others, (node["name"], text)]
        elif node["type"] == "apiKey":
            draft.cookies.append((node["name"], text))
        elif str(node.get("scheme")).lower() == "basic":
            encoded = base64.b64encode(f"{text}:{secret}".encode()).decode()
            draft.headers["Authorization"] = f"Basic {encoded}"
        else:
            draft.headers["Authorization"] = f"Bearer {text}"
