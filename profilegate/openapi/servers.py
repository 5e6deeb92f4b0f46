"""Servers of a spec: the base paths below which its operations are served."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, Protocol
from urllib.parse import urlsplit

from profilegate.errors import SpecError

BASE_PATHS_MAX = 32
"""Variables multiply the paths of a spec; we chose a number that no provider's documents reach."""

_VARIABLE = re.compile(r"\{([^{}]*)\}")


class MakesErrors(Protocol):
    """Makes an error at a place of a spec."""

    @property
    def error(self) -> Callable[[tuple[str | int, ...], str, str], SpecError]:
        """The function that makes it, from a place, what is wrong, and a hint."""
        ...


def base_paths(
    spec: MakesErrors, servers: Sequence[dict[str, Any]], at: tuple[str | int, ...]
) -> tuple[str, ...]:
    """
    The path of each server's URL, without its last slash; hosts do not count.

    A variable takes each value of its ``enum``, its default first.

    Raises:
        SpecError: a variable has no default, or there are too many paths.
    """
    paths: dict[str, None] = {}
    for number, server in enumerate(servers):
        for url in urls_of(spec, server, (*at, number)):
            paths.setdefault(_path_of(url))
    if len(paths) > BASE_PATHS_MAX:
        raise spec.error(at, f"these are more than {BASE_PATHS_MAX} base paths", "list fewer")
    return tuple(paths)


def _path_of(url: str) -> str:
    path = urlsplit(url).path.rstrip("/")
    # A relative URL without a slash is below the place of the document: here, the root.
    return f"/{path}" if path and not path.startswith("/") else path


def urls_of(spec: MakesErrors, server: dict[str, Any], at: tuple[str | int, ...]) -> Iterator[str]:
    """
    The URLs of a server, with each value of its variables: their defaults first.

    Raises:
        SpecError: a variable has no default.
    """
    url = str(server["url"])
    names = list(dict.fromkeys(_VARIABLE.findall(url)))
    options = []
    for name in names:
        said = server.get("variables", {}).get(name, {})
        if "default" not in said:
            raise spec.error(
                (*at, "url"),
                f"the variable {name} has no default",
                "add it to variables, as OpenAPI requires",
            )
        options.append(list(dict.fromkeys([str(said["default"]), *map(str, said.get("enum", ()))])))
    for values in product(*options):
        filled = url
        for name, value in zip(names, values, strict=True):
            filled = filled.replace(f"{{{name}}}", value)
        yield filled


def below(document: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """A spec whose servers on this host are below a prefix, as a proxy publishes them."""

    def moved(node: Mapping[str, Any]) -> dict[str, Any]:
        return {
            **node,
            "servers": [
                {**each, "url": prefix + (f"/{path}" if (path := each["url"].strip("/")) else "")}
                if not urlsplit(each["url"]).netloc
                else each
                for each in node["servers"]
            ],
        }

    def in_item(item: Mapping[str, Any]) -> dict[str, Any]:
        inner = {
            name: moved(each) if isinstance(each, dict) and "servers" in each else each
            for name, each in item.items()
        }
        return moved(inner) if "servers" in inner else inner

    paths = {path: in_item(item) for path, item in document.get("paths", {}).items()}
    return moved({"servers": [{"url": "/"}], **document, "paths": paths})
