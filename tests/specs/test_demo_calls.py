"""Demo calls: handlers/<name>/demo-calls.yaml names only what is there."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from profilegate.gateway.loading import load_signer, load_spec, spec_names
from profilegate.http.pages.explorer import read_demo_calls
from profilegate.openapi import Spec
from profilegate.openapi.resources import handlers_folder

each_provider = pytest.mark.parametrize("name", spec_names())

RANDOM = frozenset({"digits", "uuid"})
"""The values that docs-demo.js makes by itself."""

SPECS: dict[str, Spec] = {name: load_spec(name) for name in spec_names()}


def names_in(node: Any) -> set[str]:
    """The names in braces in a body, an address or headers."""
    return set(re.findall(r"\{([a-z-]+)\}", json.dumps(node)))


def unknown(name: str) -> Iterator[str]:
    """What the demo calls of a provider name that is not there."""
    calls, spec = read_demo_calls(name), SPECS[name]
    operations = {each.id: each for each in spec.operations()}
    values = calls.get("values", {})
    # A signature is made of parts; a key in the query is a parameter instead.
    schemes = {node.get("name") for node in spec.security_schemes.values()}
    for operation_id, call in calls["operations"].items() if "operations" in calls else ():
        if operation_id not in operations:
            yield operation_id
            continue
        known = {each.name for each in operations[operation_id].parameters} | schemes
        yield from (each for each in call.get("parameters", {}) if each not in known)
        yield from names_in(call) - values.keys() - RANDOM
    for value, steps in values.items():
        taken = set(RANDOM)
        for step in steps:
            method, target = step["send"].split(" ")
            path = re.sub(r"\{[a-z-]+\}", "x", target.partition("?")[0])
            if not any(serves(each, method, path) for each in SPECS.values()):
                yield step["send"]
            yield from names_in([target, step.get("headers"), step.get("body")]) - taken
            taken |= step.get("take", {}).keys()
        if value not in taken:
            yield value


def serves(spec: Spec, method: str, path: str) -> bool:
    """Whether a spec has an operation for a request."""
    return any(
        method == each.method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path)
        for each in spec.operations()
        for template in each.paths
    )


@each_provider
def test_demo_calls_name_only_what_is_there(name: str) -> None:
    """
    Operations, parameters and values in braces that nobody knows would be left as they are.
    """
    assert [] == list(unknown(name))


@pytest.mark.parametrize("name", [name for name in spec_names() if read_demo_calls(name)])
def test_demo_credentials_have_the_names_of_the_signer(name: str) -> None:
    """
    The credentials of a page have the names of the parts that `profilegate call` takes.
    """
    names = load_signer(SPECS[name]).names

    credentials = read_demo_calls(name).get("credentials", {})

    assert bool(names) == bool(credentials)
    assert credentials.keys() <= names.keys()


@each_provider
def test_a_provider_that_signs_also_signs_in_the_browser(name: str) -> None:
    """
    Beside handlers/<name>/signing.py is signing.js, which does the same on its page.
    """
    folder = handlers_folder() / name

    assert (folder / "signing.py").exists() == (folder / "signing.js").exists()
