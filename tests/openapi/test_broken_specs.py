"""Broken specs: each stops the start, with the place, what is wrong there and a hint."""

from pathlib import Path

import pytest

from profilegate.errors import SpecError
from profilegate.openapi import read_spec, validate_spec

HEAD = 'openapi: "3.0.3"\ninfo: {title: "T", version: "1"}\n'

PATHS = "paths:\n  /users:\n    patch:\n      operationId: update_user\n"

RESPONSES = '      responses: {"200": {description: D}}\n'


def schema(text: str) -> str:
    """A spec with the schema ``Thing``, written in one line."""
    return f"{HEAD}paths: {{}}\ncomponents: {{schemas: {{Thing: {text}}}}}\n"


THING = "/components/schemas/Thing"

BROKEN: dict[str, tuple[str, str, str, str]] = {
    "a keyword is misspelt": (
        schema("{type: string, patern: '^a$'}"),
        f"{THING}/patern",
        'keyword "patern" is not supported on a schema',
        "did you mean pattern?",
    ),
    "a keyword of JSON Schema that OpenAPI does not have": (
        schema("{type: string, const: a}"),
        f"{THING}/const",
        'keyword "const" is not supported on a schema',
        "see the OpenAPI 3.0.3 specification for this object; no rule is ignored silently",
    ),
    "a keyword of another object": (
        HEAD + PATHS + RESPONSES + "      minLength: 1\n",
        "/paths/~1users/patch/minLength",
        'keyword "minLength" is not supported on an operation',
        "see the OpenAPI 3.0.3 specification for this object; no rule is ignored silently",
    ),
    "an x- key is misspelt": (
        schema("{type: string, x-profle: name.given}"),
        f"{THING}/x-profle",
        'keyword "x-profle" is not supported on a schema',
        "write x-profile, or give a key of your own another name",
    ),
    "an x- key on an object where it has no meaning": (
        schema("{type: string, x-requires: {account.plugins: 45}}"),
        f"{THING}/x-requires",
        'keyword "x-requires" is not supported on a schema',
        "see profilegate/openapi/keywords.py for the objects that may have this key",
    ),
    "an x- key with a value that it cannot have": (
        schema("{type: string, x-basis: guessed}"),
        f"{THING}/x-basis",
        'x-basis: "guessed" is not one of "documented", "example" or 2 other candidates',
        "see the key in profilegate/openapi/vocabulary.json",
    ),
    "an x- key has a value of another type": (
        schema('{type: string, x-pii: "yes"}'),
        f"{THING}/x-pii",
        "x-pii: true was expected",
        "see the key in profilegate/openapi/vocabulary.json",
    ),
    "an x- key has a part too many": (
        schema("{type: array, x-lock: {when: verified, document_types: [SSN], until: never}}"),
        f"{THING}/x-lock",
        'x-lock: {"document_types":["SSN"],"until":"never","when":"verified"} is not valid under '
        "any of the schemas listed in the 'oneOf' keyword",
        "see the key in profilegate/openapi/vocabulary.json",
    ),
    "an x- key has a wrong part deep in it": (
        f'{HEAD}x-lock-states: {{verified: {{status: "VERIFIED"}}}}\npaths: {{}}\n',
        "/x-lock-states/verified",
        'x-lock-states: "status" does not match "^account\\.[a-z_]+$"',
        "see the key in profilegate/openapi/vocabulary.json",
    ),
    "an unknown codec": (
        schema("{type: object, properties: {phone: {x-profile: {at: phone, as: morse}}}}"),
        f"{THING}/properties/phone/x-profile",
        'there is no codec "morse"',
        "use one of country, country-code, country-name, lower-case, phone, phone-e164, "
        "whole-number, or define it in x-codecs",
    ),
    "a note that is no sentence": (
        schema('{type: string, x-note: "see page"}'),
        f"{THING}/x-note",
        'x-note: "see page" is shorter than 10 characters',
        "see the key in profilegate/openapi/vocabulary.json",
    ),
    "a type that is none": (
        schema("{type: text}"),
        f"{THING}/type",
        "type must be one of array, boolean, integer, number, object, string in OpenAPI 3.0",
        "see the OpenAPI 3.0.3 specification for this object",
    ),
    "a list of types, as OpenAPI 3.1 has it": (
        schema('{type: ["string", "null"]}'),
        f"{THING}/type",
        "type must be one of array, boolean, integer, number, object, string in OpenAPI 3.0",
        "see the OpenAPI 3.0.3 specification for this object",
    ),
    "a reference to nothing": (
        schema("{type: array, items: {$ref: '#/components/schemas/Thnig'}}"),
        f"{THING}/items",
        "$ref #/components/schemas/Thnig names nothing in this file",
        "fix the reference",
    ),
    "a reference to another file": (
        schema("{type: array, items: {$ref: 'other.yaml#/components/schemas/Thing'}}"),
        f"{THING}/items/$ref",
        "there is no file specs/other.yaml",
        "fix the reference",
    ),
    "a reference to an object of another kind": (
        schema(
            "{type: array, items: {$ref: '#/components/responses/R'}}}, responses: {R: "
            "{description: D}"
        ),
        f"{THING}/items/$ref",
        "this names no schema",
        "refer to #/components/schemas/<name>",
    ),
    "a reference that leads back to itself": (
        f"{HEAD}paths: {{}}\ncomponents:\n  schemas:\n"
        "    Egg: {$ref: '#/components/schemas/Egg'}\n",
        "/components/schemas/Egg",
        "this $ref leads back to itself",
        "break the circle",
    ),
    "a schema that is one of its own parts": (
        schema("{type: object, allOf: [{$ref: '#/components/schemas/Thing'}]}"),
        f"{THING}/allOf/0",
        "#/components/schemas/Thing is one of its own parts",
        "a value of it cannot be checked: break the circle",
    ),
    "something beside a reference": (
        f"{HEAD}paths: {{}}\ncomponents:\n  schemas:\n    Egg: {{type: string}}\n"
        "    Hen: {$ref: '#/components/schemas/Egg', nullable: true}\n",
        "/components/schemas/Hen",
        "beside $ref nothing counts",
        "OpenAPI 3.0 ignores the siblings: write allOf with the $ref in it, or move them elsewhere",
    ),
    "a choice with a value that leads to no branch": (
        f"{HEAD}paths: {{}}\ncomponents:\n  schemas:\n"
        "    Egg: {type: object}\n"
        "    Hen: {type: object}\n"
        "    Both:\n"
        "      oneOf: [{$ref: '#/components/schemas/Egg'}]\n"
        "      discriminator: {propertyName: k, mapping: {hen: '#/components/schemas/Hen'}}\n",
        "/components/schemas/Both/discriminator/mapping",
        '"hen" leads to no branch of the choice',
        "map it to one of #/components/schemas/Egg",
    ),
    "a choice between schemas without names": (
        schema("{oneOf: [{type: object}], discriminator: {propertyName: kind}}"),
        f"{THING}/discriminator",
        "the branches of this choice have no names",
        "move each to components/schemas and refer to it",
    ),
    "an operation without responses": (
        HEAD + PATHS,
        "/paths/~1users/patch",
        "an operation needs the keyword responses",
        "add `responses:`",
    ),
    "an operation that never succeeds": (
        f"{HEAD}{PATHS}{RESPONSES.replace('200', '404')}",
        "/paths/~1users/patch/responses",
        "there is no successful response",
        'add a "200", or a "204" where there is nothing to say',
    ),
    "a repeated key": (
        schema("{type: string, type: integer}"),
        "",
        "column 46: the key 'type' is repeated",
        "fix the YAML there",
    ),
    "a key that is no text": (
        f"{HEAD}paths:\n  ? [a, b]\n  : {{}}\n",
        "",
        "column 5: a key must be text",
        "fix the YAML there",
    ),
    "no YAML": (
        f"{HEAD}paths: {{/users: {{patch: }}\n",
        "",
        "column 1: did not find expected ',' or '}'",
        "fix the YAML there",
    ),
    "a tab where blanks must be": (
        f"{HEAD}paths:\n\t/users: {{}}\n",
        "",
        "column 1: found character that cannot start any token",
        "fix the YAML there",
    ),
    "two documents in one file": (
        f"{HEAD}paths: {{}}\n---\n{HEAD}",
        "",
        "column 1: but found another document",
        "fix the YAML there",
    ),
    "an alias of nothing": (
        f"{HEAD}paths: *users\n",
        "",
        "column 8: found undefined alias",
        "fix the YAML there",
    ),
    "a control character": (
        f"{HEAD}# Ünïcödé\npaths: {{}}  # \a\n",
        "",
        "a control character is not allowed",
        "remove it, or write it with \\x in double quotes",
    ),
    "a text where an object must be": (
        schema("string"),
        THING,
        "a schema must be a map",
        "write `key: value` lines",
    ),
    "a list where a map must be": (
        f"{HEAD}paths: []\n",
        "/paths",
        "this must be a map",
        "write `name:` lines",
    ),
    "a map where a list must be": (
        schema("{allOf: {type: object}}"),
        f"{THING}/allOf",
        "this must be a list",
        "write `- ` lines",
    ),
    "no document": ("", "", "this is not an OpenAPI document", "begin it with `openapi:`"),
    "no version": (
        "info: {title: T, version: '1'}\n",
        "/openapi",
        "OpenAPI None is not supported",
        'write `openapi: "3.0.3"`',
    ),
    "OpenAPI 3.1": (
        'openapi: "3.1.0"\n',
        "/openapi",
        "OpenAPI 3.1.0 is not supported",
        'write `openapi: "3.0.3"`',
    ),
    "an operation without id": (
        f"{HEAD}paths:\n  /users:\n    patch:\n{RESPONSES}",
        "/paths/~1users/patch",
        "an operation needs an operationId",
        "name it as its function in handlers/ is named",
    ),
    "an operation whose id no function can have": (
        f"{HEAD}{PATHS.replace('update_user', 'update-user')}{RESPONSES}",
        "/paths/~1users/patch/operationId",
        'no function can be called "update-user"',
        "name it as its function in handlers/ is named",
    ),
    "two operations with one id": (
        f"{HEAD}{PATHS}{RESPONSES}    put:\n      operationId: update_user\n{RESPONSES}",
        "/paths/~1users/patch/operationId",
        "another operation has this id",
        "give each operation an id of its own",
    ),
    "a parameter of the path that is not described": (
        f"{HEAD}{PATHS}{RESPONSES}".replace("/users:", "/users/{id}:"),
        "/paths/~1users~1{id}/patch",
        "the path has a parameter id that is not described",
        "add `name: id` with `in: path` to its parameters",
    ),
    "a parameter of a path that does not have it": (
        f"{HEAD}{PATHS}{RESPONSES}      parameters:\n"
        "        - {name: id, in: path, required: true, schema: {type: string}}\n",
        "/paths/~1users/patch/parameters/0",
        "the path has no parameter id",
        "write {id} into the path",
    ),
    "a parameter of the path that may be missing": (
        f"{HEAD}{PATHS}{RESPONSES}      parameters:\n"
        "        - {name: id, in: path, schema: {type: string}}\n".replace(
            "/users:", "/users/{id}:"
        ),
        "/paths/~1users~1{id}/patch/parameters/0",
        "a parameter of the path is always required",
        "add `required: true`",
    ),
    "a parameter twice in one path": (
        f"{HEAD}{PATHS}{RESPONSES}      parameters:\n"
        "        - {name: id, in: path, required: true, schema: {type: string}}\n".replace(
            "/users:", "/users/{id}/{id}:"
        ),
        "/paths/~1users~1{id}~1{id}/patch",
        "the path has one parameter twice",
        "give each parameter a name of its own",
    ),
    "a parameter without a name": (
        f"{HEAD}{PATHS}{RESPONSES}      parameters: [{{in: query, schema: {{}}}}]\n",
        "/paths/~1users/patch/parameters/0",
        "a parameter needs the keyword name",
        "add `name:`",
    ),
    "a keyword with a value of another type": (
        schema(
            '{type: object, properties: {a: {type: string}, b: {type: string, minLength: "3"}}}'
        ),
        f"{THING}/properties/b/minLength",
        "minLength must be a whole number, 0 or more",
        "see the OpenAPI 3.0.3 specification for this object",
    ),
    "a pattern that no engine reads": (
        schema("{type: string, pattern: '[a-'}"),
        f"{THING}/pattern",
        "the pattern [a- cannot be compiled",
        "write a regular expression of ECMA 262, without surrogates and huge repetitions",
    ),
    "a merge key": (
        f"{HEAD}paths: {{}}\nx-a: &a {{b: 1}}\nx-c: {{<<: *a}}\n",
        "",
        "column 7: merge keys (<<) are not read: write the keys out, or use $ref or allOf",
        "fix the YAML there",
    ),
    "an operation with the name of a type": (
        f"{HEAD}{PATHS.replace('update_user', 'list')}{RESPONSES}",
        "/paths/~1users/patch/operationId",
        'a function called "list" would hide a name that handlers need',
        "name it list_users, for example",
    ),
    "a reference to a URL": (
        schema("{type: array, items: {$ref: 'https://acme.example/user.yaml'}}"),
        f"{THING}/items/$ref",
        "only files below specs/ are read, and no URL is opened",
        "save it below specs/ and write a relative path",
    ),
    "a reference to an absolute path": (
        schema("{type: array, items: {$ref: '/etc/user.yaml'}}"),
        f"{THING}/items/$ref",
        "only files below specs/ are read, and no URL is opened",
        "save it below specs/ and write a relative path",
    ),
    "a reference out of the folder": (
        schema("{type: array, items: {$ref: './a/../../user.yaml'}}"),
        f"{THING}/items/$ref",
        "this leads out of specs/",
        "save it below specs/ and write a relative path",
    ),
    "a reference into an example": (
        schema(
            "{type: object, example: {a: {type: string}}, properties: {b: {$ref: "
            f"'#{THING}/example/a'}}}}}}"
        ),
        f"{THING}/properties/b/$ref",
        "this names no schema",
        "refer to #/components/schemas/<name>",
    ),
}

INVALID: dict[str, tuple[str, str, str]] = {
    "a response without a description": (
        f"{HEAD}{PATHS}{RESPONSES.replace('description: D', '')}",
        "/paths/~1users/patch/responses/200",
        "'description' is a required property",
    ),
    "a license without a name": (
        schema("{}").replace('"1"}', '"1", license: {url: "https://acme.example"}}'),
        "/info/license",
        "'name' is a required property",
    ),
}


def error_response(path: Path) -> SpecError:
    """The error that reading, or else validating, a spec ends in."""
    with pytest.raises(SpecError) as caught:
        validate_spec(read_spec(path))
    return caught.value


@pytest.mark.parametrize(("text", "pointer", "what", "hint"), BROKEN.values(), ids=BROKEN)
def test_a_broken_spec_is_rejected(
    text: str, pointer: str, what: str, hint: str, tmp_path: Path
) -> None:
    """
    "A schema keyword or x- key that the engine does not know stops the start with file, pointer
    and what to do".
    """
    path = tmp_path / "broken.yaml"
    path.write_text(text, "utf-8")
    error = error_response(path)

    assert ("specs/broken.yaml", pointer, what, hint) == (
        error.file,
        error.pointer,
        error.what,
        error.hint,
    )


@pytest.mark.parametrize(("text", "pointer", "what"), INVALID.values(), ids=INVALID)
def test_what_openapi_forbids_is_rejected_when_generating(
    text: str, pointer: str, what: str, tmp_path: Path
) -> None:
    """
    openapi-spec-validator checks the rules of OpenAPI itself, with its own messages.
    """
    path = tmp_path / "broken.yaml"
    path.write_text(text, "utf-8")
    error = error_response(path)

    assert (
        "specs/broken.yaml",
        pointer,
        what,
        "see the OpenAPI 3.0.3 specification for this object",
    ) == (error.file, error.pointer, error.what, error.hint)


def test_a_spec_that_is_not_utf8_is_rejected(tmp_path: Path) -> None:
    """
    The place is a byte, for there are no characters yet.
    """
    path = tmp_path / "broken.yaml"
    path.write_bytes(b'openapi: "3.0.3"\n# \xe4\n')

    assert "specs/broken.yaml: #: byte 19 is not UTF-8; save the file as UTF-8" == str(
        error_response(path)
    )
