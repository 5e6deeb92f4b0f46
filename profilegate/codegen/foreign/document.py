"""A foreign spec as a document of OpenAPI 3.0.3 that the engine can serve."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from profilegate.codegen.foreign.files import ForeignFiles
from profilegate.codegen.foreign.importer import Importer
from profilegate.codegen.foreign.operations import OperationImporter, copy_servers
from profilegate.codegen.foreign.places import Notes
from profilegate.codegen.foreign.security import copy_schemes, used_schemes
from profilegate.openapi import Node


def read_foreign(file: Path, operations: Collection[str], notes: Notes) -> Node:
    """
    The chosen operations of a spec and what they need, as one document; all without a choice.

    Raises:
        SpecError: it cannot be read, or an operation that was chosen cannot be served.
    """
    files = ForeignFiles(file)
    importer = Importer(files, notes)
    reader = OperationImporter(importer)
    chosen = reader.choose(operations)
    paths = reader.copy(chosen, may_leave_out=not operations)
    importer.complete()
    document = files.document
    for key in ("webhooks", "jsonSchemaDialect"):
        if document.get(key):
            notes.add(files.root / key, "dropped: OpenAPI 3.0 has no such keyword")
    made: Node = {"openapi": "3.0.3", "info": _info(importer, document.get("info"))}
    if document.get("externalDocs", {}).get("url"):
        made["externalDocs"] = document["externalDocs"]
    if document.get("servers"):
        made["servers"] = copy_servers(document["servers"], files.root, notes)
    nodes = [node for item in paths.values() for node in item.values() if "responses" in node]
    if tags := _tags(importer, document.get("tags"), nodes):
        made["tags"] = tags
    requirements = [node["security"] for node in nodes if "security" in node]
    if any("security" not in node for node in nodes) and document.get("security"):
        made["security"] = document["security"]
        requirements.append(document["security"])
    made["paths"] = paths
    components: Node = dict(importer.components)
    if schemes := copy_schemes(importer, used_schemes(requirements)):
        components["securitySchemes"] = schemes
    order = list((document.get("components") or {}).keys())
    if components:
        made["components"] = dict(
            sorted(
                components.items(),
                key=lambda each: (
                    each[0] not in order,
                    order.index(each[0]) if each[0] in order else 0,
                ),
            )
        )
    return made


def _info(importer: Importer, said: Any) -> Node:
    node = importer.copy("info", said or {}, importer.files.root / "info")
    node["title"] = str(node.get("title") or importer.files.main.stem)
    node["version"] = str(node.get("version") or "1")
    if not (isinstance(node.get("license"), dict) and node["license"].get("name")):
        node.pop("license", None)
    elif "identifier" in node["license"]:
        node["license"] = {k: v for k, v in node["license"].items() if k != "identifier"}
    return {key: value for key, value in node.items() if value is not None and key != "summary"}


def _tags(importer: Importer, said: Any, operations: list[Node]) -> list[Node]:
    """The tags that the operations have."""
    used = {tag for node in operations for tag in node.get("tags", ())}
    place = importer.files.root / "tags"
    return [
        importer.copy("tag", tag, place / number)
        for number, tag in enumerate(said or ())
        if tag.get("name") in used
    ]
