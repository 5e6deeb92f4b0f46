"""Starting: no content of a spec opens a connection or a file, and ``$ref`` can be data."""

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from socket import create_server
from typing import Any

import pytest

from tests.foreign.acme import Acme, document, operation, read
from tests.gateway_process import CHECKOUT

WATCHED = """
import sys

def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo"):
        print("WATCHED", event, arguments[1:])
    if event == "open" and "secret.json" in str(arguments[0]):
        print("WATCHED", event, arguments[0])

sys.addaudithook(watch)

from pathlib import Path
from tests.foreign.acme import Acme, read

folder = Path(sys.argv[1])
with Acme(folder, read((folder / "spec.json").read_text())) as acme:
    print("SERVED", acme.send("GET", "/acme").status_code)
"""


def with_references_as_data(target: str) -> dict[str, Any]:
    """A document that has ``{"$ref": target}`` wherever plain data can be."""
    data = {"$ref": target}
    media = {"schema": {}, "examples": {"one": {"value": data}}}
    response = {
        "description": "D",
        "content": {
            "application/json": {"schema": {}, "example": data},
            "application/a+json": media,
        },
        "links": {"next": {"operationId": "act", "requestBody": data}},
    }
    user = {
        "type": "object",
        "example": data,
        "default": data,
        "enum": [data],
        "properties": {"$ref": {"type": "string"}, "value": {"type": "string"}},
        "x-acme": data,
    }
    return document(
        {"/acme": {**operation(responses={"200": response})["/acme"], "x-acme-source": data}},
        components={"schemas": {"User": user}, "examples": {"one": {"value": [data]}}},
        **{"x-acme": [data]},
    )


TARGETS = {
    "a URL": "http://127.0.0.1:{port}/secret",
    "a URL of a file": "file://{folder}/secret.json",
    "an absolute path": "{folder}/secret.json",
    "a relative path": "../secret.json",
    "a name beside it": "secret.json",
}


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_a_reference_in_data_is_not_followed(tmp_path: Path, target: str) -> None:
    """
    "Starting never opens a network connection or a file because of a spec's content".
    """
    (tmp_path / "secret.json").write_text("{}")
    with closing(create_server(("127.0.0.1", 0))) as listener:
        listener.settimeout(0)
        port = listener.getsockname()[1]
        spec = with_references_as_data(target.format(port=port, folder=tmp_path))
        (tmp_path / "spec.json").write_text(json.dumps(spec))
        done = subprocess.run(
            [sys.executable, "-c", WATCHED, str(tmp_path)],
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

        assert ["SERVED 200"] == done.stdout.splitlines(), done.stderr
        with pytest.raises(BlockingIOError):
            listener.accept()


USER = {
    "type": "object",
    "required": ["$ref"],
    "properties": {"$ref": {"type": "string", "maxLength": 20}, "value": {"type": "string"}},
}


def test_a_property_can_be_called_ref(tmp_path: Path) -> None:
    """
    SCIM (RFC 7643, 2.4): "$ref  The reference URI of a target resource".
    """
    body = {"required": True, "content": {"application/json": {"schema": USER}}}
    with Acme(tmp_path, read(document(operation("post", requestBody=body)))) as acme:
        good = acme.send("POST", "/acme", json={"$ref": "../Users/1"})
        bad = acme.send("POST", "/acme", json={"$ref": 5})

        assert [200, 400] == [good.status_code, bad.status_code]
        assert ["$ref"] == [each["field"] for each in bad.json()["errors"]]
