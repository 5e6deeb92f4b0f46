"""Kept pages: those that are the same for everyone, made at the first request."""

import importlib.resources
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources.abc import Traversable
from pathlib import Path

from werkzeug.http import generate_etag

from profilegate.gateway.gateway import Gateway
from profilegate.http.pages.explorer import SIGNING_FILE, Explorer
from profilegate.http.pages.manual import ManualPage, manual_pages
from profilegate.http.pages.start import start_page
from profilegate.http.pages.templates import HTML, render
from profilegate.openapi import Spec
from profilegate.openapi.resources import specs_folder
from profilegate.openapi.servers import below

YAML = "application/yaml"
SCRIPT = "text/javascript; charset=utf-8"

MEDIA_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".js": SCRIPT,
    ".png": "image/png",
}

VENDORED = ("favicon-32x32.png", "swagger-ui-bundle.js", "swagger-ui.css")
"""The files of Swagger UI that a page needs."""


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page with its media type and its ETag."""

    media_type: str
    body: bytes
    etag: str

    @classmethod
    def of(cls, media_type: str, body: bytes) -> "KeptPage":
        """A page; the ETag is made of its content."""
        return cls(media_type, body, generate_etag(body))


MakePage = Callable[[], KeptPage]


def kept_pages(gateway: Gateway, explorers: Sequence[Explorer]) -> Iterator[tuple[str, MakePage]]:
    """The path of each page, and the function that makes it."""
    specs = [each.spec for each in explorers]
    yield "/", lambda: KeptPage.of(HTML, start_page(gateway, specs))
    yield "/docs", partial(_page, "apis.html", "/docs", specs=specs)
    for each in explorers:
        spec = each.spec
        yield f"/specs/{spec.name}.json", partial(document_page, spec)
        yield f"/specs/{spec.name}.yaml", partial(_source, spec)
        path = f"/docs/{spec.name}"
        yield path, partial(_page, "swagger.html", path, page=each, specs=specs)
        if each.signing_file is not None:
            yield f"{path}/{SIGNING_FILE}", partial(_script, each.signing_file)
    manual = manual_pages()
    yield "/manual", partial(_page, "manual_index.html", "/manual", pages=manual)
    for page in manual:
        yield f"/manual/{page.name}", partial(_manual_page, page, manual)
    package = importlib.resources.files("profilegate.http.pages")
    own = package.joinpath("assets").iterdir()
    for file in (*own, *(package / "swagger_ui" / name for name in VENDORED)):
        yield f"/docs/assets/{file.name}", partial(_asset, file)


def document_page(spec: Spec, prefix: str = "") -> KeptPage:
    """The spec as JSON; with a prefix, its servers are below it."""
    document = below(spec.document, prefix) if prefix else spec.document
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return KeptPage.of("application/json", text.encode())


def _page(template: str, path: str, **values: object) -> KeptPage:
    return KeptPage.of(HTML, render(template, path, **values))


def _manual_page(page: ManualPage, all_pages: Sequence[ManualPage]) -> KeptPage:
    # Most gateways show no page of it: without the library they need less memory.
    from profilegate.http.pages.markdown import render_markdown

    content = render_markdown(page.file.read_text("utf-8"))
    path = f"/manual/{page.name}"
    return _page("manual.html", path, page=page, pages=all_pages, content=content)


def _source(spec: Spec) -> KeptPage:
    """The spec's file, byte for byte; one that has parts elsewhere, as one document."""
    if spec.is_bundled or not spec.file.endswith((".yaml", ".yml")):
        # JSON is YAML.
        return KeptPage.of(YAML, document_page(spec).body)
    file = specs_folder() / spec.file.removeprefix("specs/")
    return KeptPage.of(YAML, file.read_bytes())


def _script(file: Path) -> KeptPage:
    return KeptPage.of(SCRIPT, file.read_bytes())


def _asset(file: Traversable) -> KeptPage:
    return KeptPage.of(MEDIA_TYPES[Path(file.name).suffix], file.read_bytes())
