"""The form of every spec in specs/, for tools and readers."""

import inspect
from typing import Any

import pytest
import yaml

from profilegate.gateway.loading import load_provider
from profilegate.openapi import Node, Spec, load_yaml, validate_spec
from profilegate.openapi.bounds import check_bounds
from profilegate.profile.fields import ACCOUNT_PREFIX, FIELDS
from tests.specs.all_specs import PATHS, SPECS, objects, properties

EACH_SPEC = pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)

OPERATION_KEYS = """
    operationId summary description tags externalDocs deprecated x-body-size-max-bytes x-unsafe
    x-update x-basis x-note x-requires parameters requestBody responses security
""".split()


def test_there_are_the_four_providers() -> None:
    """
    One provider is one file: a spec that is lost would be checked by no test below.
    """

    assert {"diadoc", "kraken", "machnet", "navixy"} <= SPECS.keys()


@EACH_SPEC
def test_a_spec_is_valid_openapi(spec: Spec) -> None:
    """
    The OpenAPI 3.0.3 specification is checked as a whole, by openapi-spec-validator.
    """
    validate_spec(spec)

    assert "3.0.3" == spec.document["openapi"]


@EACH_SPEC
def test_our_own_specs_bound_every_text_and_list(spec: Spec) -> None:
    """
    `generate` asks for bounds only where a value lives in the profile; our own specs have them all.
    """

    check_bounds(spec, everywhere=True)


@pytest.mark.parametrize("path", PATHS.values(), ids=PATHS)
def test_every_yaml_reader_reads_the_same(path: Any) -> None:
    """
    YAML 1.1 takes NO for false, 12:30 for 750 and 2025-04-15 for a date: whatever could be
    misread is in quotes, status codes too.
    """
    text = path.read_text("utf-8")

    assert load_yaml(text, path.name) == yaml.safe_load(text)


@EACH_SPEC
def test_keys_of_operations_stand_in_one_order(spec: Spec) -> None:
    """
    All operations have the same order, so that a reader finds the keys.
    """
    orders = [list(node) for _, node in objects(spec, "operation")]

    assert [sorted(keys, key=OPERATION_KEYS.index) for keys in orders] == orders


@EACH_SPEC
def test_every_operation_has_a_handler_with_its_parameters(spec: Spec) -> None:
    """
    A handler takes the call, and by keyword the path's and query's parameters and the body.
    """
    handlers = load_provider(spec).operations
    expected = {
        operation.id: [
            "call",
            *(p.name for p in operation.parameters if p.location in ("path", "query")),
            *(["body"] if "requestBody" in operation.node else []),
        ]
        for operation in spec.operations()
    }

    assert expected == {
        name: list(inspect.signature(getattr(handlers, name)).parameters) for name in expected
    }


@EACH_SPEC
def test_parameters_of_paths_are_those_in_the_paths(spec: Spec) -> None:
    """
    OpenAPI: a path parameter's name must occur in the path, and it is always required.
    """
    parameters = {
        (operation.id, path): {
            f"{{{p.name}}}" for p in operation.parameters if p.location == "path" and p.is_required
        }
        for operation in spec.operations()
        for path in operation.paths
    }

    assert parameters == {
        (name, path): {step for step in path.split("/") if step.startswith("{")}
        for name, path in parameters
    }


@EACH_SPEC
def test_properties_stand_beside_the_type_object(spec: Spec) -> None:
    """
    Without `type: object`, JSON Schema accepts any text or number.
    """
    odd = [at for at, node in objects(spec, "schema") if "properties" in node
           and node.get("type") != "object"]  # fmt: skip

    assert [] == odd


@EACH_SPEC
def test_a_nullable_enumeration_lists_null(spec: Spec) -> None:
    """
    OpenAPI 3.0.3: `nullable` adds null to the type; an enumeration must list it too. A
    null that is listed without `nullable` is rejected by the type.
    """
    odd = [
        at
        for at, node in objects(spec, "schema")
        if "enum" in node and bool(node.get("nullable")) != (None in node["enum"])
    ]

    assert [] == odd


@EACH_SPEC
def test_what_null_means_is_said(spec: Spec) -> None:
    """
    Null is the same as not sent, or removes (x-null), wherever a property may be null: a spec
    that says nothing has no nullable property in a request.
    """
    requests = {
        at for at, node in objects(spec, "schema") if node.get("nullable") and "x-profile" in node
    }

    assert not requests or "x-null" in spec.document


@EACH_SPEC
def test_required_names_are_those_of_properties(spec: Spec) -> None:
    """
    A name in `required` that is misspelt would reject every body.
    """
    odd = []
    for at, node in objects(spec, "schema"):
        known = {member.name for member in spec.schema(node).properties}
        wanted = _required_names(node)
        is_rule = ("/anyOf/" in at or "/allOf/" in at) and "properties" not in node
        if not is_rule and not wanted <= known:
            odd.append((at, wanted - known))

    assert [] == odd


def _required_names(node: Node) -> set[str]:
    parts = [part for key in ("anyOf", "allOf") for part in node.get(key, ()) if "$ref" not in part]
    return set(node.get("required", ())).union(*map(_required_names, parts))


@EACH_SPEC
def test_every_path_of_the_profile_is_known(spec: Spec) -> None:
    """
    A value at an unknown path would never be read.
    """
    odd = []
    for at, _, node in properties(spec):
        said = node.get("x-profile", ACCOUNT_PREFIX)
        path = said if isinstance(said, str) else said["at"]
        if not path.startswith(ACCOUNT_PREFIX) and path.partition("[")[0] not in FIELDS:
            odd.append((at, path))

    assert [] == odd


def test_every_field_of_the_profile_has_a_provider() -> None:
    """
    A field that no spec maps could never be written.
    """
    said = [
        node["x-profile"]
        for spec in SPECS.values()
        for _, _, node in properties(spec)
        if "x-profile" in node
    ]
    paths = {path if isinstance(path, str) else path["at"] for path in said}

    assert set() == FIELDS.keys() - paths


@EACH_SPEC
def test_every_object_and_property_says_what_it_is(spec: Spec) -> None:
    """
    Names are the provider's; a description explains each in plain words.
    """
    silent = [
        at
        for at, name, node in properties(spec)
        if "description" not in node and not node.get("enum")
    ]
    silent += [
        at
        for kind in ("operation", "parameter", "response", "header")
        for at, node in objects(spec, kind)
        if not node.get("description")
    ]
    silent += [f"/components/schemas/{name}" for name, node in spec.schemas().items()
               if not node.get("description")]  # fmt: skip

    assert [] == silent


@EACH_SPEC
def test_every_component_is_used(spec: Spec) -> None:
    """
    An unused component is never checked, but a reader takes it for a rule.
    """
    text = str(spec.document)
    unused = [
        f"#/components/{section}/{name}"
        for section, items in spec.document["components"].items()
        if section != "securitySchemes"
        for name in items
        if f"'#/components/{section}/{name}'" not in text
    ]

    assert [] == unused
