"""The start page: what this gateway serves, and a first call of each API to copy."""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from profilegate.gateway.gateway import Gateway
from profilegate.http.pages.manual import manual_pages
from profilegate.http.pages.templates import render
from profilegate.openapi import Spec
from profilegate.openapi.resources import handlers_folder

FIRST_CALL: Final = "first-call.sh"
"""The file of a provider with commands for a shell. In it ``{address}`` is the gateway's,
``{program}`` its command line, and ``{name=value}`` a value of the demo data."""

_DEMO_VALUE = re.compile(r"\{(\w+)=([^}]*)\}")


@dataclass(frozen=True, slots=True)
class Api:
    """One API of the start page; ``first_call`` and ``manual`` are empty where there is none."""

    spec: Spec
    first_call: str
    manual: Sequence[tuple[str, str]]


def start_page(gateway: Gateway, specs: Sequence[Spec]) -> bytes:
    """The page; only with the demo data do its first calls have credentials."""
    apis = [Api(spec, first_call(spec.name, gateway), _manual_of(spec.name)) for spec in specs]
    providers = [api for api in apis if gateway.providers[api.spec.name].policy is not None]
    others = [api for api in apis if api not in providers]
    return render(
        "start.html",
        "/",
        providers=providers,
        others=others,
        is_demo=gateway.is_demo,
        public_url=gateway.public_url,
        program=_program(),
    )


def first_call(name: str, gateway: Gateway) -> str:
    """
    The first call of a provider's API, to paste into a shell; empty if it has none.

    Without the demo data it has words in capitals, where a caller's own values belong.
    """
    file = handlers_folder() / name / FIRST_CALL
    if not file.is_file():
        return ""
    text = file.read_text("utf-8").replace("{address}", gateway.public_url)
    text = text.replace("{program}", _program())

    def value_of(found: re.Match[str]) -> str:
        name, value = found.groups()
        is_public = name != "admin_token" or value == gateway.admin_token
        return value if gateway.is_demo and is_public else name.upper()

    return _DEMO_VALUE.sub(value_of, text)


def _program() -> str:
    """The command line, as it is called from the folder in which the gateway was started."""
    beside = Path(sys.executable).with_name("profilegate")
    if beside.is_file() and beside.is_relative_to(Path.cwd()):
        return str(beside.relative_to(Path.cwd()))
    return "profilegate"


def _manual_of(name: str) -> list[tuple[str, str]]:
    """The pages of the manual about one provider: their names and titles."""
    return [(page.name, page.title) for page in manual_pages() if page.name.endswith(f"-{name}")]
