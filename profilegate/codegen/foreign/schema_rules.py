"""Rules of JSON Schema 2020-12 (OpenAPI 3.1) in the words of OpenAPI 3.0, one schema at a time."""

import json
from collections.abc import Callable
from typing import Any, Final

import jsonschema_rs

from profilegate.openapi import Node
from profilegate.openapi.keywords import TYPES

Note = Callable[[str], None]
"""Notes a change of the schema."""

SILENT: Final = frozenset({"$schema", "$id", "$anchor", "$comment", "$defs", "definitions"})
"""Keywords that are no rules: definitions are reached by references."""

_LEAST: Final = {"minLength", "minItems", "minProperties"}
_COUNTS: Final = _LEAST | {"maxLength", "maxItems", "maxProperties"}


def to_3_0(schema: Any, note: Note) -> Node:
    """A schema with the keywords of OpenAPI 3.0; its children are still as they were."""
    if schema is True:
        return {}
    if not isinstance(schema, dict):
        return {"not": {}} if schema is False else {}
    node = {key: value for key, value in schema.items() if key not in SILENT}
    for convert in (
        _constants,
        _types,
        _numeric_bounds,
        _contents,
        _lists,
        _conditions,
        _dependencies,
        _maps,
        _other_types,
        _nulls,
        _examples,
        _mistakes,
    ):
        node = convert(node, note)
    return node


def _constants(node: Node, note: Note) -> Node:
    if "const" in node:
        value = node.pop("const")
        node["enum"] = [value]
    if isinstance(node.get("enum"), list):
        unique = list({json.dumps(word, sort_keys=True): word for word in node["enum"]}.values())
        if len(unique) < len(node["enum"]):
            note("repeated values of enum are dropped")
        node["enum"] = unique
        if None in unique and node.get("type") == "null":
            node.pop("type")
    return node


def _types(node: Node, note: Note) -> Node:
    kind = node.get("type")
    if isinstance(kind, list):
        names = [each for each in kind if each != "null"]
        if "null" in kind:
            node["nullable"] = True
        if len(names) == 1:
            node["type"] = names[0]
        else:
            del node["type"]
            if names:
                node = _also(node, {"anyOf": [{"type": each} for each in names]})
    elif kind == "null":
        del node["type"]
        node |= {"enum": [None], "nullable": True}
    elif kind == "file":
        node |= {"type": "string", "format": "binary"}
        note("the type file is written as string with format binary")
    elif kind is not None and kind not in TYPES:
        del node["type"]
        note(f"there is no type {kind}; any value is taken")
    return node


def _also(node: Node, part: Node) -> Node:
    """A schema with one more condition."""
    if node.keys().isdisjoint(part):
        return {**node, **part}
    return {**node, "allOf": [*node.get("allOf", ()), part]}


def _numeric_bounds(node: Node, note: Note) -> Node:
    for exclusive, inclusive, pick in (
        ("exclusiveMinimum", "minimum", max),
        ("exclusiveMaximum", "maximum", min),
    ):
        bound = node.get(exclusive)
        if isinstance(bound, bool) or bound is None:
            continue
        if inclusive in node and pick(node[inclusive], bound) != bound:
            del node[exclusive]
        else:
            node |= {inclusive: bound, exclusive: True}
    for key in _COUNTS | {"minimum", "maximum", "multipleOf"}:
        value = node.get(key)
        if isinstance(value, str):
            note(f"{key} is a text; its number is taken")
            node[key] = json.loads(value) if value.strip().lstrip("-").isdigit() else None
        if isinstance(value, float) and value.is_integer() and key in _COUNTS:
            node[key] = int(value)
        if key in node and (node[key] is None or (key in _COUNTS and node[key] < 0)):
            del node[key]
            note(f"{key} is dropped: it is no number of this rule")
    return node


def _contents(node: Node, note: Note) -> Node:
    encoding = node.pop("contentEncoding", None)
    media_type = node.pop("contentMediaType", None)
    node.pop("contentSchema", None)
    if encoding == "base64":
        node.setdefault("format", "byte")
    elif media_type == "application/octet-stream" and node.get("type") == "string":
        node.setdefault("format", "binary")
    return node


def _lists(node: Node, note: Note) -> Node:
    first = node.pop("prefixItems", None)
    rest = node.get("items")
    if isinstance(rest, list):
        first, rest = rest, node.pop("additionalItems", True)
        del node["items"]
    node.pop("additionalItems", None)
    node.pop("unevaluatedItems", None)
    if first is not None:
        if rest is False:
            node["maxItems"] = min(node.get("maxItems", len(first)), len(first))
        node["items"] = {"anyOf": [*first, *([rest] if isinstance(rest, dict) else ())]}
        if rest is None or rest is True:
            node["items"] = {}
        note("items at single positions have the form of any of them: OpenAPI 3.0 has no others")
    if isinstance(node.get("items"), bool):
        node["items"] = {} if node["items"] else {"not": {}}
    contained = node.pop("contains", None)
    least = node.pop("minContains", 1)
    if node.pop("maxContains", None) is not None:
        note("the rule maxContains is dropped: OpenAPI 3.0 has none")
    if contained is not None and least:
        node = _also(node, {"not": {"type": "array", "items": {"not": contained}}})
    if node.get("type") == "array" and "items" not in node:
        node["items"] = {}
    return node


def _conditions(node: Node, note: Note) -> Node:
    condition = node.pop("if", None)
    then, otherwise = node.pop("then", None), node.pop("else", None)
    if condition is None:
        return node
    if then is not None:
        node = _also(node, {"anyOf": [{"not": condition}, then]})
    if otherwise is not None:
        node = _also(node, {"anyOf": [condition, otherwise]})
    return node


def _dependencies(node: Node, note: Note) -> Node:
    rules = {**node.pop("dependencies", {}), **node.pop("dependentRequired", {})}
    rules |= node.pop("dependentSchemas", {})
    for name, needed in rules.items():
        if needed in ([], {}, True):
            continue
        rule = {"required": needed} if isinstance(needed, list) else needed
        node = _also(node, {"anyOf": [{"not": {"required": [name]}}, rule]})
    return node


def _maps(node: Node, note: Note) -> Node:
    patterns = node.pop("patternProperties", None)
    if patterns:
        forms = [form for form in patterns.values() if isinstance(form, dict)]
        if node.get("additionalProperties") is False and len(forms) == len(patterns):
            node["additionalProperties"] = forms[0] if len(forms) == 1 else {"anyOf": forms}
        note("the patterns of property names are dropped: OpenAPI 3.0 has none")
    if node.pop("propertyNames", None) is not None:
        note("the rule propertyNames is dropped: OpenAPI 3.0 has none")
    if "unevaluatedProperties" in node:
        rest = node.pop("unevaluatedProperties")
        if node.keys().isdisjoint({"allOf", "anyOf", "oneOf", "$ref", "additionalProperties"}):
            node["additionalProperties"] = rest
        elif rest is not True:
            note("the rule unevaluatedProperties is dropped: OpenAPI 3.0 has none")
    return node


def _other_types(node: Node, note: Note) -> Node:
    """Rules and values of another type than the one that a schema has."""
    kind = node.get("type")
    if kind not in TYPES:
        return node
    for key in node.keys() & _RULES_OF_TYPE.keys():
        if kind != _RULES_OF_TYPE[key]:
            note(f"{key} is dropped: it says nothing of the type {kind}")
            del node[key]
    if isinstance(node.get("enum"), list):
        words = [_as_type(kind, word) for word in node["enum"]]
        if words != node["enum"]:
            note(f"values of enum are written as the type {kind}")
            node["enum"] = words
    return node


_RULES_OF_TYPE: Final = {
    "properties": "object",
    "required": "object",
    "additionalProperties": "object",
    "minProperties": "object",
    "maxProperties": "object",
    "items": "array",
    "minItems": "array",
    "maxItems": "array",
    "uniqueItems": "array",
}


def _as_type(kind: str, word: Any) -> Any:
    if kind == "string" and word is not None and not isinstance(word, str):
        return json.dumps(word)
    if kind in ("integer", "number", "boolean") and isinstance(word, str):
        try:
            return json.loads(word)
        except ValueError:
            return word
    return word


def is_valid_default(node: Node) -> bool:
    """Whether a schema's own rules, without those of its parts, take its default."""
    rules = {key: node[key] for key in _RULES_OF_VALUES & node.keys()}
    if node.get("nullable") and node["default"] is None:
        return True
    return bool(jsonschema_rs.Draft4Validator(rules).is_valid(node["default"]))


_RULES_OF_VALUES: Final = frozenset(
    "type enum minLength maxLength minimum maximum minItems maxItems required".split()
)


def _nulls(node: Node, note: Note) -> Node:
    """A branch that is null makes the rest nullable."""
    for key in ("oneOf", "anyOf"):
        branches = node.get(key)
        if not isinstance(branches, list):
            continue
        others = [branch for branch in branches if not _is_null(branch)]
        if not others or len(others) == len(branches):
            continue
        node = {name: value for name, value in node.items() if name != key} | {"nullable": True}
        if len(others) == 1:
            alone = others[0]
            if isinstance(alone, dict) and "$ref" not in alone and node.keys().isdisjoint(alone):
                node |= to_3_0(alone, note)
            else:
                node["allOf"] = [*node.get("allOf", ()), alone]
        else:
            node[key] = others
    return node


def _is_null(branch: Any) -> bool:
    if not isinstance(branch, dict):
        return False
    return (
        branch.get("type") == "null"
        or branch.get("enum") == [None]
        or ("const" in branch and branch["const"] is None)
    )


def _examples(node: Node, note: Note) -> Node:
    examples = node.pop("examples", None)
    if isinstance(examples, list) and examples:
        node.setdefault("example", examples[0])
    elif isinstance(examples, dict) and examples:
        first = next(iter(examples.values()))
        node.setdefault("example", first.get("value") if isinstance(first, dict) else first)
    return node


def _mistakes(node: Node, note: Note) -> Node:
    """What is no valid keyword in any version, but has one meaning only."""
    if isinstance(node.get("required"), bool | str):
        note("required is dropped: the object's own required lists its properties")
        del node["required"]
    if node.get("required") == []:
        del node["required"]
    if isinstance(node.get("required"), list):
        node["required"] = list(dict.fromkeys(node["required"]))
    for key in ("enum", "allOf", "oneOf", "anyOf"):
        if node.get(key) == []:
            del node[key]
    for key in ("nullable", "readOnly", "writeOnly", "deprecated", "uniqueItems"):
        if node.get(key) in ("true", "false"):
            node[key] = node[key] == "true"
    if isinstance(node.get("discriminator"), str):
        node["discriminator"] = {"propertyName": node["discriminator"]}
    if node.get("readOnly") and node.get("writeOnly"):
        del node["writeOnly"]
        note("writeOnly is dropped: a property cannot be readOnly too")
    for key in ("properties", "additionalProperties", "default"):
        if node.get(key, {}) is None and not (key == "default" and node.get("nullable")):
            del node[key]
    return node
