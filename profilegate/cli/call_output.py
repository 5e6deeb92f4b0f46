"""Output of the command call: requests and responses, as people and programs read them."""

import base64
import json
import sys
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from profilegate.client import Response
    from profilegate.gateway.outgoing import OutgoingRequest

HIDDEN = "***"
"""What is shown of a credential."""


def warn(what: str) -> None:
    """Print a sentence on stderr."""
    click.echo(f"profilegate: {printable(what)}", err=True)


def printable(text: str) -> str:
    """A text whose characters cannot control a terminal; in JSON it means the same."""
    return "".join(
        letter if letter.isprintable() or letter == "\n" else json.dumps(letter)[1:-1]
        for letter in text
    )


def print_signed(request: "OutgoingRequest") -> None:
    """Print on stderr what a signature covers."""
    for name, text in request.signed.items():
        click.echo(f"* {name}: {printable(text)}", err=True)


def print_request(request: "OutgoingRequest", *, mark: str = "", err: bool = False) -> None:
    """Print a request as it is sent, a body that is no text as the value that it stands for."""
    from profilegate.client.client import sent_headers

    headers = {"Host": request.origin.partition("://")[2], **sent_headers(request)}
    lines = [f"{request.method} {request.target}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if request.body is not None:
        lines += ["", _shown(request.value)]
    click.echo(
        "\n".join(mark + printable(line) for each in lines for line in each.split("\n")), err=err
    )


def print_dry_run(request: "OutgoingRequest", *, as_json: bool) -> None:
    """Print a request, its credentials hidden."""
    from msgspec import UNSET

    from profilegate.client.client import sent_headers

    def hide(name: str, value: str) -> str:
        return HIDDEN if name in request.secret else value

    hidden = replace(
        request,
        query=[(name, hide(name, value)) for name, value in request.query],
        headers={name: hide(name, value) for name, value in request.headers.items()},
        cookies=[(name, hide("Cookie", value)) for name, value in request.cookies],
    )
    if not as_json:
        print_request(hidden)
        return
    document = {"method": hidden.method, "url": hidden.url, "headers": sent_headers(hidden)}
    if hidden.value is not UNSET:
        document["body"] = _for_json(hidden.value)
    click.echo(printable(json.dumps(document, ensure_ascii=False)))


def print_head(response: "Response", *, is_whole: bool) -> None:
    """Print on stderr the status of a response and, if it is to be whole, its headers."""
    if not is_whole:
        click.echo(_status(response), err=True)
        return
    for line in (_status(response), *(f"{n}: {v}" for n, v in response.headers.items())):
        click.echo(f"< {printable(line)}", err=True)


def print_response(response: "Response", *, as_json: bool) -> None:
    """Print the body of a response; or all of it in one JSON document."""
    from msgspec import UNSET

    from profilegate.admin.exchanges import told

    if as_json:
        body = {} if response.value is UNSET else {"body": _for_json(response.value)}
        document = {
            "status": response.status,
            "headers": dict(response.headers),
            **body,
            "violations": list(told(list(response.violations))),
            "unknown_fields": list(response.unknown_fields),
        }
        click.echo(printable(json.dumps(document, ensure_ascii=False)))
        return
    if isinstance(response.value, bytes) and not sys.stdout.isatty():
        sys.stdout.flush()
        sys.stdout.buffer.write(response.value)
    elif response.value is not UNSET:
        click.echo(printable(_shown(response.value)))


def _status(response: "Response") -> str:
    try:
        return f"{response.status} {HTTPStatus(response.status).phrase}"
    except ValueError:
        return str(response.status)


def _shown(value: Any) -> str:
    if isinstance(value, bytes):
        return f"({len(value)} bytes)"
    return (
        value
        if isinstance(value, str)
        else json.dumps(value, indent=2, ensure_ascii=False, default=_for_json)
    )


def _for_json(value: Any) -> Any:
    """A value for a JSON document: bytes in base64."""
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value
