"""Prism, which mocks what a spec says and validates requests by it: where it is, if it is.

``make bench`` installs it where Node is; nothing of it is in this folder but its version.
"""

import json
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / ".bench-node/node_modules/@stoplight/prism-cli"
COMMAND = PACKAGE / "dist" / "index.js"


def version() -> str | None:
    """The version that is installed; None if there is none."""
    if not COMMAND.exists():
        return None
    return str(json.loads((PACKAGE / "package.json").read_text("utf-8"))["version"])
