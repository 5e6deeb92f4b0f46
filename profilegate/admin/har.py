"""HAR 1.2: exchanges as an HTTP archive (http://www.softwareishard.com/blog/har-12-spec/)."""

import base64
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final

import msgspec

from profilegate.admin.exchanges import Body, ExchangeView
from profilegate.profile.times import shown_time
from profilegate.store.journal import Content

VERSION: Final = "1.2"
HTTP_VERSION: Final = "HTTP/1.1"

CREATOR: Final = {"name": "Profilegate", "version": "1.0"}
"""The version is that of this form."""

UNKNOWN: Final = -1
"""HAR 1.2: "Set to -1 if the info is not available"."""


def archive(views: Iterable[ExchangeView]) -> dict[str, Any]:
    """The archive of some exchanges."""
    entries = [entry_of(view) for view in views]
    return {"log": {"version": VERSION, "creator": CREATOR, "entries": entries}}


def entry_of(view: ExchangeView) -> dict[str, Any]:
    """One exchange of an archive."""
    entry = view.entry
    duration_ms = round(entry.duration_ms, 3)
    words = (entry.provider, entry.operation, entry.error)
    return {
        "startedDateTime": shown_time(entry.time),
        "time": duration_ms,
        "request": _request(view),
        "response": _response(view),
        "cache": {},
        "timings": {"send": 0, "wait": duration_ms, "receive": 0},
        "comment": f"request {entry.request_id}: {' '.join(filter(None, words))}",
    }


def _request(view: ExchangeView) -> dict[str, Any]:
    entry = view.entry
    headers = view.headers(entry.headers, sent=False)
    host = next((value for name, value in headers if name.lower() == "host"), "localhost")
    request = {
        "method": entry.method,
        "url": f"http://{host}{view.target}",
        "httpVersion": HTTP_VERSION,
        "cookies": [],
        "headers": _pairs(headers),
        "queryString": _pairs(view.query()),
        "headersSize": UNKNOWN,
        "bodySize": entry.request.size_bytes,
    }
    if entry.request.size_bytes:
        text = _text(view, view.request_body(), entry.request)
        request["postData"] = {
            "mimeType": view.shown_media_type,
            "params": [],
            "text": text.get("text", ""),
            "comment": _comment(entry.request),
        }
    return request


def _response(view: ExchangeView) -> dict[str, Any]:
    entry, body = view.entry, view.entry.response
    return {
        "status": entry.status,
        "statusText": HTTPStatus(entry.status).phrase if entry.status else "",
        "httpVersion": HTTP_VERSION,
        "cookies": [],
        "headers": _pairs(view.headers(entry.response_headers, sent=True)),
        "content": {
            "size": body.size_bytes,
            "mimeType": view.response_media_type,
            **_text(view, view.response_body(), body),
            "comment": _comment(body),
        },
        "redirectURL": "",
        "headersSize": UNKNOWN,
        "bodySize": body.size_bytes,
    }


def _pairs(items: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in items]


def _text(view: ExchangeView, body: Body | None, content: Content) -> dict[str, str]:
    """The text of a body: as it is, in base64 if it is none, or the masked value as JSON."""
    if view.shows_all:
        try:
            return {"text": content.kept.decode()}
        except UnicodeDecodeError:
            return {"text": base64.b64encode(content.kept).decode(), "encoding": "base64"}
    if body is None:
        return {}
    return {"text": msgspec.json.encode(view.shown_body(body)).decode()}


def _comment(content: Content) -> str:
    return "" if content.is_whole else f"only the first {len(content.kept)} bytes were kept"
