"""HAR files: reads the exchanges of an HTTP archive, as browsers and proxies write it."""

import base64
import binascii
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import msgspec
from msgspec import Struct

from profilegate.admin.har import CREATOR
from profilegate.contract.recorded import NOTHING, HeaderLines, Recorded
from profilegate.errors import ArchiveUnreadableError

ARCHIVE_SIZE_MAX_BYTES: Final = 256 * 1024 * 1024
"""A HAR file is read into memory. We chose more than a browser writes in a working day."""

HINT: Final = "record it anew, or repair the place; http://www.softwareishard.com/blog/har-12-spec/"


class _Pair(Struct):
    name: str
    value: str


class _PostData(Struct, rename="camel"):
    mime_type: str = ""
    text: str | None = None
    params: list[_Pair] = []
    encoding: str = ""
    comment: str = ""


class _Request(Struct, rename="camel"):
    method: str
    url: str
    headers: list[_Pair]
    post_data: _PostData | None = None
    body_size: float = -1


class _Content(Struct, rename="camel"):
    size: float = -1
    mime_type: str = ""
    text: str | None = None
    encoding: str = ""
    comment: str = ""


class _Response(Struct, rename="camel"):
    status: int
    headers: list[_Pair] = []
    content: _Content = msgspec.field(default_factory=_Content)


class _Entry(Struct, rename="camel"):
    started_date_time: datetime
    request: _Request
    response: _Response
    time: float = 0


class _Creator(Struct):
    name: str = ""


class _Log(Struct):
    entries: list[_Entry]
    creator: _Creator = msgspec.field(default_factory=_Creator)


class _Archive(Struct):
    log: _Log


def read_archive(path: Path) -> list[Recorded]:
    """
    The exchanges of a HAR 1.2 file, in the order of their times.

    Raises:
        ArchiveUnreadableError: it is not one; the error names the place and the way out.
        OSError: the file cannot be read.
    """
    if path.stat().st_size > ARCHIVE_SIZE_MAX_BYTES:
        what = f"it has more than {ARCHIVE_SIZE_MAX_BYTES} bytes"
        raise ArchiveUnreadableError(str(path), "", what, "split it into smaller ones")
    raw = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    try:
        log = msgspec.json.decode(raw, type=_Archive).log
    except msgspec.ValidationError as error:
        what, _, place = str(error).partition(" - at ")
        raise ArchiveUnreadableError(str(path), place.strip("`"), what, HINT) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        what = "it is not JSON"
        raise ArchiveUnreadableError(str(path), "", what, "name a HAR file, version 1.2") from None
    is_ours = log.creator.name == CREATOR["name"]
    found = []
    for number, entry in enumerate(log.entries, 1):
        try:
            found.append(_recorded(number, entry, is_ours=is_ours))
        except ValueError as error:
            place = f"$.log.entries[{number - 1}]"
            raise ArchiveUnreadableError(str(path), place, str(error), HINT) from None
    return sorted(found, key=lambda each: each.started)


def _recorded(number: int, entry: _Entry, *, is_ours: bool) -> Recorded:
    request, response, posted = entry.request, entry.response, entry.request.post_data
    # It raises a ValueError for what is no URL; one of another scheme matches no spec.
    urlsplit(request.url)
    headers = _lines(request.headers)
    response_headers = _lines(response.headers)
    if posted is not None and posted.mime_type and not _has(headers, b"content-type"):
        headers.append((b"content-type", posted.mime_type.encode()))
    if response.content.mime_type and not _has(response_headers, b"content-type"):
        response_headers.append((b"content-type", response.content.mime_type.encode()))
    # "content.text" is decoded and decompressed (HAR 1.2).
    response_headers = [line for line in response_headers if line[0] != b"content-encoding"]
    started = entry.started_date_time.timestamp()
    return Recorded(
        number=number,
        method=request.method.upper(),
        url=request.url,
        headers=headers,
        request_body=_request_body(request),
        status=max(response.status, 0),
        response_headers=response_headers,
        response_body=_response_body(response.content),
        started=started,
        ended=started + max(entry.time, 0) / 1000,
        request_value=_shown(posted, headers, is_ours=is_ours),
        response_value=_shown(response.content, response_headers, is_ours=is_ours),
    )


def _lines(pairs: list[_Pair]) -> HeaderLines:
    """The lines of a head, without the pseudo-headers of HTTP/2."""
    return [
        (each.name.lower().encode(), each.value.encode("utf-8", "surrogatepass"))
        for each in pairs
        if not each.name.startswith(":")
    ]


def _has(headers: HeaderLines, wanted: bytes) -> bool:
    return any(name == wanted for name, _ in headers)


def _request_body(request: _Request) -> bytes | None:
    posted = request.post_data
    if posted is None:
        return None if request.body_size > 0 else b""
    if posted.text is None or (not posted.text and posted.params):
        return urlencode([(each.name, each.value) for each in posted.params]).encode()
    return None if _is_cut(posted.comment) else _bytes(posted.text, posted.encoding)


def _response_body(content: _Content) -> bytes | None:
    if content.text is None:
        return None if content.size > 0 else b""
    return None if _is_cut(content.comment) else _bytes(content.text, content.encoding)


def _is_cut(comment: str) -> bool:
    """Whether our own archive has only the beginning of a body."""
    return comment.startswith("only the first ")


def _bytes(text: str, encoding: str) -> bytes:
    if encoding != "base64":
        return text.encode("utf-8", "surrogatepass")
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("a text is not base64, as its encoding says") from None


def _shown(content: _PostData | _Content | None, headers: HeaderLines, *, is_ours: bool) -> Any:
    """The value of a body that our own archive shows as JSON, whatever its media type is."""
    is_json = any(name == b"content-type" and b"json" in value for name, value in headers)
    if not is_ours or is_json or content is None or not content.text or content.encoding:
        return NOTHING
    try:
        return msgspec.json.decode(content.text)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return NOTHING
