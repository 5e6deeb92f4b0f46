"""The bodies of an operation: what a request carries, and what the first success returns."""

from profilegate.openapi.spec import Node, Operation, Spec


def body_schema(spec: Spec, operation: Operation) -> Node | None:
    """
    The schema of an operation's body: one, whatever media type it comes in.

    Raises:
        SpecError: media types of one operation have different schemas.
    """
    request = spec.resolve(operation.node.get("requestBody", {}))
    schemas = [media["schema"] for media in request.get("content", {}).values()]
    if any(schema != schemas[0] for schema in schemas):
        raise spec.error(
            ("paths", operation.paths[0], operation.method.lower(), "requestBody"),
            "the media types of one operation have different schemas",
            "let them share one by $ref",
        )
    return schemas[0] if schemas else None


def is_body_required(spec: Spec, operation: Operation) -> bool:
    """Whether an operation with a body cannot be called without one."""
    return bool(spec.resolve(operation.node["requestBody"]).get("required"))


def response_schema(spec: Spec, operation: Operation) -> Node | None:
    """The schema of the first successful response."""
    for status, response in operation.node["responses"].items():
        if str(status).startswith("2"):
            for media in spec.resolve(response).get("content", {}).values():
                schema: Node = media["schema"]
                return schema
    return None
