"""Every way in which a provider's API changes the profile, found from the specs.

A fifth provider is covered without an edit: its spec says which operations update (``x-update``)
and which schemas show (``x-projection``), and the generator writes both down in ``MAPPING``.
"""

import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from hypothesis.vendor.pretty import RepresentationPrinter

from profilegate.codegen.from_fields import FromFieldsWriter
from profilegate.codegen.operations import write_operations
from profilegate.codegen.python_types import TypeWriter, snake
from profilegate.gateway.loading import load_providers
from profilegate.gateway.provider import Provider
from profilegate.openapi import Node, Spec
from profilegate.openapi.mapping import mapping_of
from profilegate.openapi.validator import Validate, compile_validator
from profilegate.profile.decision import decide
from profilegate.profile.fields import ACCOUNT_PREFIX, DOCUMENTS, Changes, Fields
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import Representation
from tests.properties.bodies import bodies, members

EXTERNAL_ID = "1001"

PROVIDERS: dict[str, tuple[Spec, Provider]] = {
    name: (provider.spec, provider) for name, provider in load_providers().items()
}


@dataclass(frozen=True, eq=False, repr=False)
class Form:
    """One way to change the profile: an operation's body, for one kind of accounts.

    ``own`` are the fields of an account of that kind; ``reader`` gives the profile in the form of
    the body itself, ``view`` (if the provider has one) as the provider shows it.
    """

    spec: Spec
    provider: Provider
    operation: str
    schema: Node
    own: Fields
    changes: Callable[[Any], Changes]
    reader: Callable[[Fields], Any]
    view: Representation | None
    accepts: Callable[[Any], bool]
    bodies: SearchStrategy[Any]

    def __repr__(self) -> str:
        kind = "".join(
            f" {path}={value}" for path, value in self.own.items() if path != "account.id"
        )
        return f"{self.spec.name}.{self.operation}{kind} {self.schema['$ref'].rpartition('/')[2]}"

    def _repr_pretty_(self, printer: RepresentationPrinter, _cycle: bool) -> None:
        # Hypothesis would print all that a form holds, the spec first of all.
        printer.text(repr(self))


@dataclass(frozen=True)
class Leaf:
    """One property of a schema that lives in the profile: where, and the schema of its value."""

    path: str
    codec: str | None
    node: Node
    whole: bool
    nullable: bool


def leaves(spec: Spec, schema: Node) -> Iterator[tuple[tuple[str, ...], Leaf]]:
    """
    Every property that lives in the profile, by its way through the body.

    This reads ``x-profile`` by itself, so that it can be held against what was generated.
    """
    node = spec.resolve(schema)
    for name, child in members(spec, node)[0].items():
        inner = spec.resolve(child)
        said = inner.get("x-profile")
        if said is not None:
            path, codec = (said, None) if isinstance(said, str) else (said["at"], said["as"])
            whole = "x-whole" in node and "x-omitted" not in inner
            yield (name,), Leaf(path, codec, inner, whole, bool(inner.get("nullable")))
        elif "properties" in inner or "allOf" in inner:
            for way, leaf in leaves(spec, inner):
                yield (name, *way), leaf


ABSENT: Any = object()


def without(form: "Form", body: Any, paths: Collection[str]) -> dict[str, Any]:
    """A body without the properties that live at some paths."""
    gone = {way for way, leaf in leaves(form.spec, form.schema) if leaf.path in paths}
    return {name: value for name, value in body.items() if (name,) not in gone}


def at(body: Any, way: tuple[str, ...]) -> Any:
    """What lies in a body, or ABSENT."""
    for step in way:
        if not isinstance(body, Mapping) or step not in body:
            return ABSENT
        body = body[step]
    return body


def reader(spec: Spec, name: str, module: dict[str, Any]) -> Callable[[Fields], Any]:
    """The profile in the form of a body, by the generator; handlers have it for responses only.

    ``module`` is the provider's generated module, with the types and codecs.
    """
    types = TypeWriter(spec)
    write_operations(spec, types)
    writer = FromFieldsWriter(types, frozenset())
    writer.write(next(each for each in mapping_of(spec).bodies if each.name == name))
    functions = dict(module)
    exec("\n\n".join(writer.functions.values()), functions)
    function: Callable[[Fields], Any] = functions[f"{snake(name)}_from_fields"]
    return function


def _forms() -> Iterator[Form]:
    for spec, provider in PROVIDERS.values():
        operations = {operation.id: operation for operation in spec.operations()}
        by_function = {f"{snake(name)}_to_changes": name for name in spec.schemas()}
        for update_form in provider.mapping.updates:
            body = operations[update_form.operation].body
            assert body is not None
            check = compile_validator(spec, body)
            own = {**update_form.applies, "account.id": EXTERNAL_ID}
            top = spec.schemas()[by_function[update_form.to_changes.__name__]]
            module = vars(sys.modules[update_form.to_changes.__module__])
            branches = (
                [branch["$ref"] for branch in top["oneOf"]]
                if "discriminator" in top
                else [f"#/components/schemas/{by_function[update_form.to_changes.__name__]}"]
            )
            for reference in branches:
                accepts = _accepts(check)
                # A body for one kind of accounts is checked against the rules of all kinds.
                sent = {"$ref": reference} if "discriminator" in top else body
                yield Form(
                    spec=spec,
                    provider=provider,
                    operation=update_form.operation,
                    schema={"$ref": reference},
                    own=own,
                    changes=update_form.to_changes,
                    reader=reader(spec, reference.rpartition("/")[2], module),
                    view=provider.mapping.representation_of(own),
                    accepts=accepts,
                    bodies=bodies(spec, sent).filter(accepts),
                )


def _accepts(check: Validate) -> Callable[[Any], bool]:
    return lambda body: not check(body)


FORMS = tuple(_forms())

LOCKING: dict[str, tuple[LockRules, Fields]] = {
    f"{name} {table.applies} {state}": (
        provider.mapping.rules,
        {**table.applies, **provider.mapping.rules.states[state], "account.id": EXTERNAL_ID},
    )
    for name, (_, provider) in PROVIDERS.items()
    for table in provider.mapping.rules.tables
    for state in provider.mapping.rules.states
}
"""Accounts that lock: each provider's kinds of accounts, in each of their states."""


def without_documents(fields: Mapping[str, Any]) -> dict[str, Any]:
    """All but the documents, which a store gives ids of their own."""
    return {path: value for path, value in fields.items() if path not in DOCUMENTS}


@st.composite
def profiles(draw: st.DrawFn) -> Fields:
    """A profile that providers have written, one after another: shared fields only."""
    fields: Fields = {}
    for form in draw(st.lists(st.sampled_from(FORMS), max_size=2)):
        changes = form.changes(draw(form.bodies))
        shared = {p: v for p, v in changes.items() if not p.startswith(ACCOUNT_PREFIX)}
        fields = decide(fields, shared).fields
    note(f"before: {fields}")
    return fields


@st.composite
def sent(draw: st.DrawFn) -> tuple[Form, Any]:
    """Any form, and a body that its provider accepts."""
    form = draw(st.sampled_from(FORMS))
    body = draw(form.bodies)
    note(f"{form}: {body}")
    return form, body


thorough = settings(
    max_examples=1000,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
"""A law is tried on a thousand examples, the same ones each time."""
