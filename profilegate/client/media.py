"""Media types: which one a body is sent in, and which one is asked for."""

from profilegate.errors import MediaTypeUnsupportedError
from profilegate.openapi import Node, Operation
from profilegate.openapi.media_types import bare, is_json

Media = tuple[str, Node]
"""A media type of the spec, and its node."""


def body_media(operation: Operation, wanted: str) -> Media | None:
    """
    The media type of the body: by a part of its name, else JSON or the first one.

    None if the operation takes no body. A media type of the responses alone is none of the body's.

    Raises:
        MediaTypeUnsupportedError: the operation does not have it.
    """
    names = tuple(operation.bodies)
    name = _chosen(names, wanted)
    if name is None and wanted and _chosen(tuple(operation.content), wanted) is None:
        raise MediaTypeUnsupportedError(names or tuple(operation.content))
    name = name or _default(names)
    return None if name is None else (name, operation.bodies[name])


def accepted(operation: Operation, wanted: str) -> str:
    """The value of Accept: the wanted media type, and then any, which an error may have."""
    names = tuple(operation.content)
    name = _chosen(names, wanted) or _default(names)
    return f"{bare(name)}, */*;q=0.1" if name else "*/*"


def _chosen(names: tuple[str, ...], wanted: str) -> str | None:
    """The media type of this name, else the first one with it in its name."""
    if not wanted:
        return None
    exact = (each for each in names if bare(each) == bare(wanted))
    partly = (each for each in names if wanted.lower() in bare(each))
    return next(exact, None) or next(partly, None)


def _default(names: tuple[str, ...]) -> str | None:
    return next((each for each in names if is_json(bare(each))), next(iter(names), None))
