"""Markdown: a file of the manual as HTML, with links to its other pages and to the specs."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape

from profilegate.openapi.resources import docs_folder, spec_files, specs_folder

SCROLL = '<div class="scroll" role="region" aria-label="Table" tabindex="0"><table>'
"""A table that is wider than a phone scrolls by itself, also by the keyboard."""


def render_markdown(text: str) -> Markup:
    """A file of the manual as HTML."""
    markdown = MarkdownIt("commonmark").enable("table")
    markdown.core.ruler.push("own links", lambda state: _adapt(state.tokens))
    markdown.add_render_rule("table_open", lambda *_: SCROLL)
    markdown.add_render_rule("table_close", lambda *_: "</table></div>")
    markdown.add_render_rule("html_inline", _show_markup)
    markdown.add_render_rule("html_block", _show_markup)
    # Markdown without markup of its own is safe to show.
    return Markup(markdown.render(text))  # noqa: S704


def _show_markup(_: object, tokens: Sequence[Token], at: int, *__: object) -> str:
    """A line break stays, a comment is left out, and all other markup is text: a spec's too."""
    content = tokens[at].content
    if content.strip() == "<br>":
        return "<br>"
    return "" if content.startswith("<!--") else str(escape(content))


def _adapt(tokens: Sequence[Token]) -> None:
    """Give headings the anchors that links name, and lead links to pages."""
    for at, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", _anchor(tokens[at + 1].content))
        elif token.type in ("th_open", "td_open") and token.attrGet("style") is not None:
            # The pages permit no style in an element.
            token.attrs = {"class": "number"}
        elif token.type in ("fence", "code_block"):
            token.attrSet("tabindex", "0")
        if token.children:
            token.children = list(_linked(token.children))


def _anchor(heading: str) -> str:
    """The anchor of a heading, as the places make it where the files are usually read."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _linked(tokens: Sequence[Token]) -> Iterator[Token]:
    """Links to pages lead to them; what only a checkout has is shown without a link, a
    picture by its description."""
    is_dropped = False
    for token in tokens:
        if token.type == "image":
            yield Token("text", "", 0, content=f"[{token.content}]")
            continue
        if token.type == "link_open":
            target = _target(str(token.attrGet("href")))
            is_dropped = target is None
            if target is not None:
                token.attrSet("href", target)
        if not (is_dropped and token.type in ("link_open", "link_close")):
            yield token


def _target(href: str) -> str | None:
    """Where a link of a file leads in the manual; None if it leads to no page."""
    parts = urlsplit(href)
    if parts.scheme or not parts.path:
        return href
    if parts.path.endswith(".md") and (docs_folder() / parts.path).is_file():
        anchor = f"#{parts.fragment}" if parts.fragment else ""
        return parts.path.removesuffix(".md") + anchor if "/" not in parts.path else None
    return _served_specs().get(parts.path)


@cache
def _served_specs() -> Mapping[str, str]:
    """The links to specs, and where the gateway serves each."""
    files = spec_files(specs_folder())
    return {f"../specs/{file.name}": f"../specs/{file.stem}.yaml" for file in files}
