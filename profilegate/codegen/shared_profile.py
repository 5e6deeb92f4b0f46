"""Print what follows from ``specs/profile.yaml``: the field table, and schemas of the admin API."""

from collections.abc import Iterator
from typing import Any

from profilegate.codegen.formatting import format_source
from profilegate.codegen.python_types import repr_text
from profilegate.errors import SpecError
from profilegate.openapi import EXACT_INTEGER, Node
from profilegate.openapi.shared_profile import SharedProfile

BEGIN = "    # --- Generated from specs/profile.yaml by `make generate`; edit that file ---\n"
END = "    # --- End of the generated schemas ---\n"

NOT_RULES = frozenset({"description", "title", "x-documents", "x-pii"})
"""Keys of a field that do not restrict its value."""


# --- profilegate/profile/_generated.py ---------------------------------------------------


def write_field_table(profile: SharedProfile) -> str:
    """Source of ``profilegate/profile/_generated.py``."""
    fields = "".join(f"{repr_text(p)}: {repr_text(c)}," for p, c in profile.codecs.items())
    documents = "".join(f"{repr_text(p)}: {_rule(profile.fields[p])}," for p in profile.documents)
    schemas = "".join(
        f"{repr_text(path)}: {_literal(_json_schema(node))},"
        for path, node in profile.fields.items()
    )
    source = f'''# Generated from {profile.file} by `make generate`. Edit that file, not this one.
"""The fields of the shared profile."""

from collections.abc import Mapping
from typing import Any

from profilegate.profile.documents import DocumentRule

FIELDS: Mapping[str, str | None] = {{{fields}}}
"""Each field, with the codec of its common form, if it has one."""

DOCUMENTS: Mapping[str, DocumentRule] = {{{documents}}}
"""The fields that are lists of documents."""

SCHEMAS: Mapping[str, Mapping[str, Any]] = {{{schemas}}}
"""The JSON Schema of each field's value, in its common form and with all parts of documents."""
'''
    return format_source(source, "profile/_generated.py")


def _rule(node: Node) -> str:
    documents = node["x-documents"]
    contents = "".join(f"{repr_text(key)}, " for key in documents.get("contents", ()))
    more = f", contents=({contents})" if contents else ""
    if separators := documents.get("separators"):
        more += f", separators={_literal(separators)}"
    kind, value = repr_text(documents["on_same_type"]), repr_text(documents["value"])
    return f"DocumentRule({kind}, value={value}, items_max={node['maxItems']}{more})"


def _json_schema(node: Node) -> Node:
    """A field's schema as JSON Schema: its rules, and closed objects."""
    schema: Node = {key: value for key, value in node.items() if key not in NOT_RULES}
    if schema["type"] == "integer":
        schema[EXACT_INTEGER] = True
    if "items" in schema:
        schema["items"] = _json_schema(node["items"])
    if "properties" in schema:
        schema["properties"] = {name: _json_schema(n) for name, n in node["properties"].items()}
        schema["additionalProperties"] = False
    return schema


def _literal(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{repr_text(k)}: {_literal(v)}' for k, v in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    return repr_text(value)


# --- specs/profiles.yaml -----------------------------------------------------------------


def replace_schemas(profile: SharedProfile, text: str, file: str) -> str:
    """
    The text of a spec with its generated schemas replaced; a text without the marks is itself.

    Raises:
        SpecError: the second mark is missing.
    """
    before, begin, rest = text.partition(BEGIN)
    if not begin:
        return text
    _, end, after = rest.partition(END)
    if not end:
        raise SpecError(file, "", f"the line `{END.strip()}` is missing", "put it back")
    schemas = "\n".join(_schemas(profile))
    return f"{before}{BEGIN}\n{schemas}\n{END}{after}"


def _schemas(profile: SharedProfile) -> Iterator[str]:
    """The component schemas, as lines of YAML, with an empty line after each."""
    yield from _object(
        profile,
        "",
        "ProfileFields",
        "The shared fields of a profile; null removes a field, and no response has null.",
        is_writable=True,
    )
    for path, group in profile.groups.items():
        members = {each for each in profile.fields if each.startswith(f"{path}.")}
        yield from _object(
            profile,
            path,
            group["title"],
            group["description"],
            is_writable=not members <= profile.documents.keys(),
        )
    for path, node in profile.fields.items():
        if "properties" in node.get("items", {}):
            yield from _list_item(path, node)


def _object(
    profile: SharedProfile, path: str, title: str, description: str, *, is_writable: bool
) -> Iterator[str]:
    """A nested object of the admin API: a group, or the whole profile (path "")."""
    prefix = f"{path}." if path else ""
    null = ["      nullable: true"] if is_writable and path else []
    yield f"    {title}:"
    yield f"      description: {_text(description)}"
    yield from ("      type: object", *null, "      properties:")
    seen = set()
    for field, node in profile.fields.items():
        name, _, below = field.removeprefix(prefix).partition(".")
        is_member = field.startswith(prefix) and (field in profile.documents) != is_writable
        if not is_member or name in seen:
            continue
        seen.add(name)
        if below:
            title = profile.groups[prefix + name]["title"]
            yield f'        {name}: {{$ref: "#/components/schemas/{title}"}}'
        else:
            yield from _property(name, node, field, is_nullable=is_writable)
    yield ""


def _property(name: str, node: Node, place: str, *, is_nullable: bool) -> Iterator[str]:
    yield f"        {name}:"
    yield f"          description: {_text(node['description'])}"
    for key, value in node.items():
        if key == "items":
            yield f"          items: {_items(value)}"
        elif key == "enum" and is_nullable:
            yield f"          enum: {_flow([*value, None])}"
        elif key not in NOT_RULES:
            yield f"          {key}: {_flow(value)}"
    if is_nullable:
        yield "          nullable: true"
    is_coded = node.get("format") in {"country", "phone"} and "[]" not in place
    at = f"{{at: {place}, as: {node['format']}}}" if is_coded else place
    yield f"          x-profile: {at}"
    if "x-pii" in node:
        yield "          x-pii: true"


def _items(node: Node) -> str:
    if "title" in node:
        return f'{{$ref: "#/components/schemas/{node["title"]}"}}'
    return f"{{{', '.join(f'{k}: {_flow(v)}' for k, v in node.items())}}}"


def _list_item(path: str, node: Node) -> Iterator[str]:
    """The item of a list, without the parts that are never shown."""
    items = node["items"]
    contents = node.get("x-documents", {}).get("contents", ())
    yield f"    {items['title']}:"
    yield f"      description: {_text(items['description'])}"
    yield "      type: object"
    yield f"      required: [{', '.join(items['required'])}]"
    yield "      properties:"
    for name, part in items["properties"].items():
        if name not in contents:
            yield from _property(name, part, f"{path}[].{name}", is_nullable=False)
    yield ""


def _text(text: str) -> str:
    """A text as a YAML scalar: plain where that is safe."""
    is_plain = ": " not in text and " #" not in text and text[:1].isalpha()
    return text if is_plain else repr_text(text)


def _flow(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    if value is None:
        return "null"
    if isinstance(value, str):
        return value if value.isidentifier() else repr_text(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
