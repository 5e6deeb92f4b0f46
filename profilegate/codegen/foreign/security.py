"""Security of a foreign spec: schemes that can be checked, and requirements that name them."""

from collections.abc import Iterable
from typing import Any

from profilegate.codegen.foreign.importer import Importer
from profilegate.codegen.foreign.places import Place
from profilegate.openapi import Node

KEY_SCHEMES = {"mutualTLS": "X-Client-Certificate", "http": "Authorization"}
"""Schemes without a ready-made authenticator, and the header whose text stands for a credential."""


def used_schemes(requirements: Iterable[Any]) -> list[str]:
    """The names of the schemes that requirements name."""
    names = [name for each in requirements for option in each or () for name in option]
    return list(dict.fromkeys(names))


def copy_schemes(importer: Importer, names: list[str]) -> dict[str, Node]:
    """The security schemes with these names, each of a kind that the engine authenticates."""
    section = (importer.files.document.get("components") or {}).get("securitySchemes") or {}
    place = importer.files.root / "components" / "securitySchemes"
    found = {}
    for name in sorted(
        names, key=list(section).index if set(names) <= set(section) else names.index
    ):
        if name in section:
            here, node = place / name, section[name]
            if isinstance(node.get("$ref"), str):
                here, node = importer.files.target(node["$ref"], here)
            made = importer.copy("security scheme", node, here)
            found[name] = _authenticated(importer, made, here)
        else:
            found[name] = {"type": "http", "scheme": "bearer"}
            importer.notes.add(place, f"has no scheme {name}; it is a bearer token now")
    return found


def _authenticated(importer: Importer, node: Node, place: Place) -> Node:
    kind = node.get("type")
    is_plain = str(node.get("scheme")).lower() in ("basic", "bearer")
    is_key = kind == "apiKey" and node.get("in") in ("header", "query", "cookie")
    if kind in ("oauth2", "openIdConnect") or is_key or (kind == "http" and is_plain):
        return _with_flows(node) if kind == "oauth2" else node
    header = KEY_SCHEMES.get(str(kind), "Authorization")
    what = node.get("scheme", kind) if kind == "http" else kind
    importer.notes.add(
        place,
        f"{what} has no ready-made authenticator: until handlers have one (SCHEMES),"
        f" the header {header} holds a credential as its text",
    )
    kept = {key: node[key] for key in ("description",) if key in node}
    return {"type": "apiKey", "in": "header", "name": header, **kept}


def _with_flows(node: Node) -> Node:
    """OAuth flows as the specification wants them; they are for readers."""
    flows = {}
    needs = {
        "implicit": ("authorizationUrl",),
        "password": ("tokenUrl",),
        "clientCredentials": ("tokenUrl",),
        "authorizationCode": ("authorizationUrl", "tokenUrl"),
    }
    for name, flow in (node.get("flows") or {}).items():
        if name in needs and isinstance(flow, dict) and all(flow.get(url) for url in needs[name]):
            flows[name] = {**flow, "scopes": flow.get("scopes") or {}}
    return {**node, "flows": flows}
