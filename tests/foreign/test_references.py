"""References of a foreign spec: to parts of schemas, to path items and to files below specs/."""

import json
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator

from profilegate.errors import SpecError
from profilegate.openapi import Spec, read_spec, validate_spec
from profilegate.openapi.resources import spec_files
from tests.foreign.acme import DONE, Acme, document, operation, read

USER = {
    "type": "object",
    "required": ["email"],
    "properties": {
        "email": {"type": "string", "maxLength": 9},
        "tags": {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}},
    },
}


def body(schema: Any) -> Any:
    """A required JSON body."""
    return {"required": True, "content": {"application/json": {"schema": schema}}}


PARTS = {
    "a property": ("#/components/schemas/User/properties/email", "a@b", "0123456789"),
    "the items of a list": ("#/components/schemas/User/properties/tags/items", "a", "c"),
    "a part of an allOf": ("#/components/schemas/Named/allOf/1", {"name": "x"}, {"name": 5}),
    "a schema with a slash in its name": ("#/components/schemas/a~1b", "x", 5),
    "a schema of a body": (
        "#/paths/~1acme/post/requestBody/content/application~1json/schema/properties/n",
        5,
        "x",
    ),
    "a percent-encoded pointer": (
        "#/paths/%7E1acme/post/requestBody/content/application~1json/schema/properties/n",
        5,
        "x",
    ),
}


@pytest.mark.parametrize(("reference", "good", "bad"), PARTS.values(), ids=PARTS)
def test_a_reference_can_lead_to_a_part(
    tmp_path: Path, reference: str, good: Any, bad: Any
) -> None:
    """
    RFC 6901: a JSON pointer leads to any value.
    """
    named = {"allOf": [USER, {"type": "object", "properties": {"name": {"type": "string"}}}]}
    schema = {
        "type": "object",
        "properties": {"it": {"$ref": reference}, "n": {"type": "integer"}},
    }
    spec = document(
        operation("post", requestBody=body(schema)),
        components={"schemas": {"User": USER, "Named": named, "a/b": {"type": "string"}}},
    )
    with Acme(tmp_path, read(spec)) as acme:
        assert 200 == acme.send("POST", "/acme", json={"it": good}).status_code
        rejected = acme.send("POST", "/acme", json={"it": bad})
        assert 400 == rejected.status_code
        assert rejected.json()["errors"][0]["field"].startswith("it")


MAIN = {
    **document(
        {
            "/acme": {"$ref": "paths/users.yaml#/users"},
            "/acme/{id}": {
                "parameters": [{"$ref": "common.yaml#/parameters/Id"}],
                "get": {"operationId": "show", "responses": DONE},
            },
        },
        components={"schemas": {"Email": {"type": "string", "maxLength": 3}}},
    )
}
COMMON = """
parameters:
  Id: {name: id, in: path, required: true, schema: {$ref: "#/schemas/Id"}}
schemas:
  Id: {type: string, maxLength: 2}
"""
USERS = """
users:
  post:
    operationId: add
    requestBody:
      required: true
      content: {application/json: {schema: {$ref: "../schemas/User.json"}}}
    responses: {"204": {description: D}}
"""
USER_JSON = {
    "type": "object",
    "required": ["id", "mails"],
    "properties": {
        "id": {"$ref": "../common.yaml#/schemas/Id"},
        "mails": {"type": "array", "items": {"$ref": "#/definitions/Email"}},
        "mail": {"$ref": "../acme.yaml#/components/schemas/Email"},
        "friend": {"$ref": "User.json"},
    },
    "definitions": {"Email": {"type": "string", "minLength": 5}},
}


def write_files(folder: Path, user: Any = USER_JSON) -> Path:
    """A spec in four files; the folder of specs."""
    specs = folder / "specs"
    for name, text in {
        "acme.yaml": json.dumps(MAIN),
        "common.yaml": COMMON,
        "paths/users.yaml": USERS,
        "schemas/User.json": json.dumps(
            {key: each for key, each in user.items() if key != "definitions"}
            | {"x-definitions": 1, "definitions": user["definitions"]}
        ),
    }.items():
        (specs / name).parent.mkdir(parents=True, exist_ok=True)
        (specs / name).write_text(text)
    return specs


def read_folder(specs: Path) -> Spec:
    """The one spec of a folder."""
    (path,) = spec_files(specs)
    return read_spec(path)


def test_a_spec_can_be_in_several_files(tmp_path: Path) -> None:
    """
    "References: to files below specs/"; each is relative to its own file.
    """
    user = {key: each for key, each in USER_JSON.items() if key != "definitions"}
    specs = write_files(tmp_path, {**user, "definitions": {}})
    (specs / "schemas" / "User.json").write_text(
        json.dumps({**user, "x-parts": 1}).replace("#/definitions/Email", "Mail.yaml")
    )
    (specs / "schemas" / "Mail.yaml").write_text("{type: string, minLength: 5}\n")
    spec = read_folder(specs)
    validate_spec(spec)
    with Acme(tmp_path, spec) as acme:
        sent = {
            "well": {"id": "1", "mails": ["a@b.c"], "mail": "abc"},
            "id": {"id": "123", "mails": []},
            "mails[0]": {"id": "1", "mails": ["a"]},
            "mail": {"id": "1", "mails": [], "mail": "abcd"},
            "friend.id": {"id": "1", "mails": [], "friend": {"id": "123", "mails": []}},
        }
        statuses = {}
        for name, value in sent.items():
            response = acme.send("POST", "/acme", json=value)
            errors = (
                [each["field"] for each in response.json()["errors"]] if response.content else []
            )
            statuses[name] = (response.status_code, errors)

        assert {name: (204, []) if name == "well" else (400, [name]) for name in sent} == statuses
        assert [200, 400] == [acme.send("GET", f"/acme/{id_}").status_code for id_ in ("1", "123")]


def test_a_spec_in_several_files_is_served_as_one(tmp_path: Path) -> None:
    """
    Foreign tools read ``/specs/acme.json`` and ``/specs/acme.yaml``, and nothing else.
    """
    specs = write_files(tmp_path)
    (specs / "schemas" / "User.json").write_text("{type: object}")
    with Acme(tmp_path, read_folder(specs)) as acme:
        as_json, as_yaml = (acme.send("GET", f"/specs/acme.{kind}") for kind in ("json", "yaml"))

        assert as_json.json() == json.loads(as_yaml.text)
        assert [] == list(OpenAPIV30SpecValidator(as_json.json()).iter_errors())
        assert ".yaml" not in as_json.text


def test_an_error_in_another_file_is_told_with_its_place_there(tmp_path: Path) -> None:
    """
    The pointer and the line are those of the file in which the author corrects it.
    """
    specs = write_files(tmp_path)
    (specs / "schemas" / "User.json").write_text("{type: object}")
    (specs / "common.yaml").write_text(COMMON.replace("maxLength", "maxLenght"))
    with pytest.raises(SpecError) as caught:
        read_folder(specs)

    assert ("specs/common.yaml:5", "/schemas/Id/maxLenght") == (
        caught.value.place,
        caught.value.pointer,
    )


WRONG = {
    "no such file": ("./absent.yaml#/a", "there is no file specs/absent.yaml"),
    "nothing there": ("common.yaml#/a", "#/a names nothing in specs/common.yaml"),
    "no YAML": ("broken.yaml", "specs/broken.yaml:2: column 1: "),
    "out of the folder": ("../secret.yaml", "this leads out of specs/"),
    "a link out of the folder": ("link.yaml", "specs/link.yaml is a link out of specs/"),
    "a URL": ("http://127.0.0.1:9/user.yaml", "no URL is opened"),
    "a URL of a file": ("file:///etc/hosts", "no URL is opened"),
    "an absolute path": ("/etc/hosts", "no URL is opened"),
}


@pytest.mark.parametrize(("reference", "what"), WRONG.values(), ids=WRONG)
def test_a_reference_that_is_not_read_is_an_error(
    tmp_path: Path, reference: str, what: str
) -> None:
    """
    "Nothing outside of specs/": a spec cannot make the gateway read other files.
    """
    specs = tmp_path / "specs"
    specs.mkdir()
    (tmp_path / "secret.yaml").write_text("{type: string}")
    (specs / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (specs / "broken.yaml").write_text("{[")
    (specs / "common.yaml").write_text("{b: {}}")
    schema = {"type": "array", "items": {"$ref": reference}}
    text = json.dumps(document(operation(), components={"schemas": {"U": schema}}))
    (specs / "acme.yaml").write_text(text)
    with pytest.raises(SpecError) as caught:
        read_spec(specs / "acme.yaml")

    assert what in caught.value.what
    assert "/components/schemas/U/items/$ref" == caught.value.pointer


def test_two_files_of_one_name_are_an_error(tmp_path: Path) -> None:
    """
    One of the two would be ignored silently.
    """
    for suffix in ("yaml", "json"):
        (tmp_path / f"acme.{suffix}").write_text(json.dumps(document(operation())))
    with pytest.raises(SpecError, match=r"specs/acme.json is a spec of the same name"):
        spec_files(tmp_path)
