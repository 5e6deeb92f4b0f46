"""Bodies of a foreign spec: forms, files, text and JSON by other names, in both directions."""

from pathlib import Path
from typing import Any

import pytest

from profilegate.errors import SpecError
from tests.foreign.acme import Acme, document, operation, read

FORM = "application/x-www-form-urlencoded"
BINARY = {"type": "string", "format": "binary"}
PERSON = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "maxLength": 20},
        "age": {"type": "integer"},
        "ratio": {"type": "number"},
        "active": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "address": {
            "type": "object",
            "properties": {"city": {"type": "string"}, "floor": {"type": "integer"}},
        },
    },
}


def posting(content: Any, **more: Any) -> Any:
    """A document with an operation that takes a body."""
    return document(operation("post", requestBody={"required": True, "content": content}, **more))


FORMS = {
    "all types": (
        "name=Zoe&age=42&ratio=1.5&active=true&tags=a&tags=b",
        {"name": "Zoe", "age": 42, "ratio": 1.5, "active": True, "tags": ["a", "b"]},
    ),
    "one of a list": ("name=Zoe&tags=a", {"name": "Zoe", "tags": ["a"]}),
    "names in brackets": (
        "name=Zoe&tags[]=a&tags[]=b&address[city]=Oslo&address[floor]=3",
        {"name": "Zoe", "tags": ["a", "b"], "address": {"city": "Oslo", "floor": 3}},
    ),
    "digits in a text": ("name=007", {"name": "007"}),
    "an unknown field": ("name=Zoe&more=1", {"name": "Zoe", "more": "1"}),
}


@pytest.mark.parametrize(("sent", "value"), FORMS.values(), ids=FORMS)
def test_the_fields_of_a_form_have_the_types_of_the_schema(
    tmp_path: Path, sent: str, value: Any
) -> None:
    """
    OpenAPI 3.0.3, "Support for x-www-form-urlencoded Request Bodies".
    """
    with Acme(tmp_path, read(posting({FORM: {"schema": PERSON}}))) as acme:
        response = acme.send("POST", "/acme", content=sent, headers={"Content-Type": FORM})

        assert 200 == response.status_code, response.text
        assert [{"body": value}] == acme.calls


ENCODED = {
    "a list with commas": ({"style": "form", "explode": False}, "name=Z&tags=a,b"),
    "a list with blanks": ({"style": "spaceDelimited"}, "name=Z&tags=a+b"),
    "a list with pipes": ({"style": "pipeDelimited"}, "name=Z&tags=a%7Cb"),
    "a list as JSON": ({"contentType": "application/json"}, "name=Z&tags=%5B%22a%22%2C%22b%22%5D"),
}


@pytest.mark.parametrize(("encoding", "sent"), ENCODED.values(), ids=ENCODED)
def test_a_field_of_a_form_has_the_encoding_of_its_spec(
    tmp_path: Path, encoding: Any, sent: str
) -> None:
    """
    OpenAPI 3.0.3, Encoding Object.
    """
    content = {FORM: {"schema": PERSON, "encoding": {"tags": encoding}}}
    with Acme(tmp_path, read(posting(content))) as acme:
        response = acme.send("POST", "/acme", content=sent, headers={"Content-Type": FORM})

        assert 200 == response.status_code, response.text
        assert [{"body": {"name": "Z", "tags": ["a", "b"]}}] == acme.calls


FORMS_REJECTED = {
    "no number": ("name=Zoe&age=x", {"age": "must be a whole number"}),
    "a field that is missing": ("age=5", {"name": "is required"}),
    "inside of brackets": ("name=Z&address[floor]=x", {"address.floor": "must be a whole number"}),
}


@pytest.mark.parametrize(("sent", "errors"), FORMS_REJECTED.values(), ids=FORMS_REJECTED)
def test_a_wrong_field_of_a_form_is_named(tmp_path: Path, sent: str, errors: Any) -> None:
    """
    As in JSON: every violation, each where it is.
    """
    with Acme(tmp_path, read(posting({FORM: {"schema": PERSON}}))) as acme:
        response = acme.send("POST", "/acme", content=sent, headers={"Content-Type": FORM})

        assert 400 == response.status_code
        assert errors == {each["field"]: each["detail"] for each in response.json()["errors"]}


def test_a_field_that_is_no_list_appears_once(tmp_path: Path) -> None:
    """
    Recipients disagree about which one counts.
    """
    with Acme(tmp_path, read(posting({FORM: {"schema": PERSON}}))) as acme:
        for sent in ("name=a&name=b", "name=a&x=1&x=2", "name=a&age=1&age=1"):
            response = acme.send("POST", "/acme", content=sent, headers={"Content-Type": FORM})

            assert 400 == response.status_code
            assert "appears twice" in response.json()["detail"]


UPLOAD = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {**BINARY, "maxLength": 64},
        "more": {"type": "array", "items": BINARY},
        "about": {"type": "object", "properties": {"title": {"type": "string"}}},
        "count": {"type": "integer"},
    },
}
MULTIPART = {"multipart/form-data": {"schema": UPLOAD}}


def test_files_arrive_as_bytes_and_other_parts_by_their_schemas(tmp_path: Path) -> None:
    """
    OpenAPI 3.0.3, "Special Considerations for multipart Content": an object is JSON by default.
    """
    parts = [
        ("file", ("a.png", b"\x89PNG\x00\xff", "image/png")),
        ("more", ("b", b"1")),
        ("more", ("c", b"2")),
        ("about", (None, '{"title": "A"}', "application/json")),
        ("count", (None, "3")),
    ]
    with Acme(tmp_path, read(posting(MULTIPART))) as acme:
        response = acme.send("POST", "/acme", files=parts)

        assert 200 == response.status_code, response.text
        assert [
            {
                "body": {
                    "file": b"\x89PNG\x00\xff",
                    "more": [b"1", b"2"],
                    "about": {"title": "A"},
                    "count": 3,
                }
            }
        ] == acme.calls


MULTIPART_REJECTED = {
    "a file that is missing": ([("count", (None, "3"))], "file", "is required"),
    "a file that is too long": (
        [("file", ("a", b"x" * 65))], "file", "must have at most 64 characters",
    ),
    "a wrong number": (
        [("file", ("a", b"x")), ("count", (None, "x"))], "count", "must be a whole number",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "field", "words"), MULTIPART_REJECTED.values(), ids=MULTIPART_REJECTED
)
def test_a_wrong_part_is_named(tmp_path: Path, parts: Any, field: str, words: str) -> None:
    """
    A file is checked like any text: its bytes are counted.
    """
    with Acme(tmp_path, read(posting(MULTIPART))) as acme:
        response = acme.send("POST", "/acme", files=parts)

        assert 400 == response.status_code
        assert [{"field": field, "detail": words}] == response.json()["errors"]


BROKEN = {
    "no boundary": ("multipart/form-data", b"--x\r\n\r\n--x--\r\n"),
    "another boundary": ("multipart/form-data; boundary=y", b"--x\r\n\r\n--x--\r\n"),
    "cut short": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nabc',
    ),
    "too many parts": (
        "multipart/form-data; boundary=x",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 101 + b"--x--\r\n",
    ),
}


@pytest.mark.parametrize(("media_type", "sent"), BROKEN.values(), ids=BROKEN)
def test_a_malformed_form_is_rejected(tmp_path: Path, media_type: str, sent: bytes) -> None:
    """
    RFC 7578; nothing of it is repeated.
    """
    with Acme(tmp_path, read(posting(MULTIPART))) as acme:
        response = acme.send("POST", "/acme", content=sent, headers={"Content-Type": media_type})

        assert 400 == response.status_code
        assert "the form" in response.json()["detail"]


KINDS = {
    "plain text": ("text/plain", {"type": "string", "maxLength": 5}, b"h\xc3\xa9", "hé"),
    "a number as text": ("text/plain", {"type": "string"}, b"5", "5"),
    "bytes": ("application/octet-stream", BINARY, b"\x00\xff", b"\x00\xff"),
    "an image": ("image/png", BINARY, b"\x89", b"\x89"),
    "SCIM": ("application/scim+json", {"type": "object"}, b'{"a": 1}', {"a": 1}),
    "a vendor's JSON": ("application/vnd.acme.v1+json", {"type": "object"}, b"{}", {}),
    "a key with a charset": ("application/json; charset=utf-8", {"type": "object"}, b"{}", {}),
}


@pytest.mark.parametrize(("media_type", "schema", "sent", "value"), KINDS.values(), ids=KINDS)
def test_a_body_is_read_by_its_media_type(
    tmp_path: Path, media_type: str, schema: Any, sent: bytes, value: Any
) -> None:
    """
    RFC 6839, 3.1: `+json` is JSON; OpenAPI 3.0.3, "Considerations for File Uploads".
    """
    with Acme(tmp_path, read(posting({media_type: {"schema": schema}}))) as acme:
        response = acme.send("POST", "/acme", content=sent, headers={"Content-Type": media_type})

        assert 200 == response.status_code, response.text
        assert [{"body": value}] == acme.calls


def test_each_media_type_has_its_own_schema(tmp_path: Path) -> None:
    """
    A form often has another schema than JSON.
    """
    content = {
        "application/json": {"schema": {"type": "object", "required": ["a"]}},
        FORM: {"schema": {"type": "object", "required": ["b"]}},
    }
    with Acme(tmp_path, read(posting(content))) as acme:
        sent = [
            acme.send("POST", "/acme", json={"a": 1}).status_code,
            acme.send("POST", "/acme", json={"b": 1}).status_code,
            acme.send("POST", "/acme", data={"a": "1"}).status_code,
            acme.send("POST", "/acme", data={"b": "1"}).status_code,
        ]

        assert [200, 400, 400, 200] == sent


@pytest.mark.parametrize(
    "media_type", ["application/xml", "application/*", "*/*"], ids=["XML", "a range", "anything"]
)
def test_a_media_type_that_cannot_be_read_is_rejected_with_the_spec(media_type: str) -> None:
    """
    `generate` says it, and not a caller of a running gateway.
    """
    with pytest.raises(SpecError) as caught:
        read(posting({media_type: {"schema": {"type": "object"}}}))

    assert "bodies of this media type cannot be read" in str(caught.value)


RESPONSES: dict[str, tuple[Any, int, str | None, bytes]] = {
    "JSON": (
        {"200": {"description": "D", "content": {"application/json": {"example": {"a": 1}}}}},
        200, "application/json", b'{"a":1}',
    ),
    "2XX": (
        {"2XX": {"description": "D", "content": {"application/json": {"example": []}}}},
        200, "application/json", b"[]",
    ),
    "default alone": (
        {"default": {"description": "D", "content": {"application/json": {"example": 5}}}},
        200, "application/json", b"5",
    ),
    "an empty 200": ({"200": {"description": "D"}}, 200, None, b""),
    "an empty 202": ({"202": {"description": "D"}}, 202, None, b""),
    "202 without content, 200 with it": (
        {"202": {"description": "D"}, "200": {"description": "D", "content": {
            "text/plain": {"schema": {"type": "string"}, "example": "done"}}}},
        200, "text/plain", b"done",
    ),
    "SCIM": (
        {"201": {"description": "D", "content": {"application/scim+json": {"example": {}}}}},
        201, "application/scim+json", b"{}",
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("responses", "status", "media_type", "content"), RESPONSES.values(), ids=RESPONSES
)
def test_the_successful_response_is_the_one_that_the_spec_has(
    tmp_path: Path, responses: Any, status: int, media_type: str | None, content: bytes
) -> None:
    """
    OpenAPI 3.0.3, Responses Object: a range, a default, and responses without content are legal.
    """
    with Acme(tmp_path, read(document(operation(responses=responses)))) as acme:
        response = acme.send("GET", "/acme")

        assert (status, content) == (response.status_code, response.content)
        assert media_type == response.headers.get("content-type")


def test_a_file_may_be_larger_than_other_bodies(tmp_path: Path) -> None:
    """
    64 KiB hold no photograph; a body that is read before its caller is known stays small.
    """
    schemes = {"Key": {"type": "apiKey", "in": "header", "name": "X-Key"}}
    content = {"image/png": {"schema": BINARY}}
    secured = posting(content, security=[{"Key": []}]) | {
        "components": {"securitySchemes": schemes}
    }
    for spec, size_bytes, status in (
        (secured, 200_000, 200),
        (secured, 17_000_000, 413),
        (posting(content), 200_000, 413),
    ):
        folder = tmp_path / f"{status}-{size_bytes}"
        folder.mkdir()
        with Acme(folder, read(spec)) as acme:
            acme.add_credential("Key", "good")
            headers = {"Content-Type": "image/png", "X-Key": "good"}
            response = acme.send("POST", "/acme", content=bytes(size_bytes), headers=headers)

            assert status == response.status_code
