"""Compares security requirements: a client keeps the credentials that it has."""

from collections.abc import Iterator
from typing import Any

from profilegate.contract.compat.changes import Change, breaking, harmless
from profilegate.contract.compat.document import Part

Requirement = dict[str, frozenset[str]]
"""The credentials that are sent together, each with its scopes; none for no credential."""


def security_changes(old: tuple[Part, Part], new: tuple[Part, Part]) -> Iterator[Change]:
    """The changes of an operation's security; of each spec the document and the operation."""
    before, after = _requirements(*old), _requirements(*new)
    for one in before:
        if not any(_is_enough(one, other) for other in after):
            yield breaking("security", f"{_told(one)} is no longer enough: {_all(after)}")
    for other in after:
        if not any(_is_enough(other, one) for one in before):
            yield harmless("security", f"{_told(other)} is accepted now")


def _is_enough(sent: Requirement, required: Requirement) -> bool:
    return all(scheme in sent and scopes <= sent[scheme] for scheme, scopes in required.items())


def _requirements(root: Part, operation: Part) -> list[Requirement]:
    said = operation.node.get("security", root.get("security"))
    if not said:
        return [{}]
    schemes = root.part("components", "securitySchemes")
    return [
        {
            _credential(schemes.part(name), name): frozenset(scopes or ())
            for name, scopes in requirement.items()
        }
        for requirement in said
    ]


def _credential(scheme: Part, name: str) -> str:
    """What a client sends; the name of the scheme in the spec does not count."""
    kind = scheme.get("type")
    if kind == "apiKey":
        where, said = str(scheme.get("in")), str(scheme.get("name"))
        return f"{where} {said.title() if where == 'header' else said}"
    if kind == "http":
        return f"HTTP {str(scheme.get('scheme')).title()}"
    return {"oauth2": "OAuth 2", "openIdConnect": "OpenID Connect"}.get(str(kind), name)


def _told(requirement: Requirement) -> str:
    words = [
        scheme + (f" with {', '.join(sorted(scopes))}" if scopes else "")
        for scheme, scopes in requirement.items()
    ]
    return " and ".join(words) or "no credential"


def _all(requirements: list[Any]) -> str:
    return f"it takes {' or '.join(map(_told, requirements))}"
