"""Become Prism: ``python -m benchmarks.prism`` says where it will listen, and is Prism then.

It validates the Kraken PATCH and responds the spec's example; it looks whether credentials are
there, not whether they are right.
"""

import json
import os
import socket
from pathlib import Path
from typing import Any

from benchmarks.peers.spec import read_document
from benchmarks.prism import COMMAND

DOCUMENT = "kraken.json"
PATH = "/b2b/users/{user}"


def main() -> None:
    """Write the document, and be replaced by Prism."""
    document = read_document()
    document["paths"] = {PATH: {"patch": document["paths"][PATH]["patch"]}}
    _leave_null_to_it(document)
    # YAML has dates, JSON has none.
    Path(DOCUMENT).write_text(json.dumps(document, default=str), "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    # With its own greeting it would also write a line for each request.
    print(f"will listen on http://127.0.0.1:{port}", flush=True)
    options = f"--host 127.0.0.1 --port {port} --multiprocess false --verboseLevel fatal"
    os.execvp("node", ["node", str(COMMAND), "mock", DOCUMENT, *options.split()])  # noqa: S606 - no shell is wanted


def _leave_null_to_it(node: Any) -> None:
    """
    Take null out of the enums that are nullable: Prism adds it by itself, and a schema with two
    of it, which it cannot compile, would let every body pass unseen (its issue 1931).
    """
    if isinstance(node, dict):
        if node.get("nullable") and "enum" in node:
            node["enum"] = [value for value in node["enum"] if value is not None]
        node = list(node.values())
    if isinstance(node, list):
        for one in node:
            _leave_null_to_it(one)


if __name__ == "__main__":
    main()
