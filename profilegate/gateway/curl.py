"""curl: a request as a command that sends it, for a POSIX shell."""

import shlex
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

GLOB = frozenset("[]{}")
"""Characters in a URL that curl takes for patterns, unless it is told not to (``--globoff``)."""


def curl_command(
    method: str, url: str, headers: Iterable[tuple[str, str]], body: bytes | None
) -> str:
    """
    The command that sends a request; ``headers`` are all that it sends, secrets too.

    A body that is no text is printed by ``printf``, whose octal escapes every POSIX shell has.
    """
    lines = [f"curl{_flags(method, url, body)} {shlex.quote(url)}"]
    # curl drops a header without a value unless its name ends in a semicolon.
    lines += [
        f"-H {shlex.quote(f'{name}: {value}' if value else f'{name};')}" for name, value in headers
    ]
    before = ""
    if body is not None:
        if _is_text(body):
            lines.append(f"--data-raw {shlex.quote(body.decode())}")
        else:
            before = f"printf '{''.join(_escaped(body))}' | "
            lines.append("--data-binary @-")
    return before + " \\\n  ".join(lines)


def _flags(method: str, url: str, body: bytes | None) -> str:
    flags = ""
    default = "GET" if body is None else "POST"
    if method == "HEAD":
        flags += " -I"
    elif method != default:
        flags += f" -X {method}"
    if GLOB & set(url):
        flags += " --globoff"
    if "/." in urlsplit(url).path:
        flags += " --path-as-is"
    return flags


def _is_text(body: bytes) -> bool:
    """Whether a terminal takes a body as it is: a tab in it would complete a word."""
    try:
        return all(letter.isprintable() or letter == "\n" for letter in body.decode())
    except UnicodeDecodeError:
        return False


def _escaped(body: bytes) -> Iterator[str]:
    for byte in body:
        is_plain = chr(byte).isalnum() and byte < 128
        yield chr(byte) if is_plain else f"\\{byte:03o}"
