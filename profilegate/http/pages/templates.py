"""Templates: the HTML of the pages, by Jinja; every value is escaped."""

import json
from functools import cache, partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from profilegate.profile.times import shown_time

HTML = "text/html; charset=utf-8"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("profilegate.http.pages"),
        # Of every template, whatever its name: a profile may be full of markup.
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Jinja's own ``tojson`` writes \\u003c for a script; here it is text, and escaped as text.
    environment.filters["as_json"] = partial(json.dumps, ensure_ascii=False)
    environment.filters["as_time"] = shown_time
    return environment


def render(template: str, path: str, **values: Any) -> bytes:
    """
    A page in UTF-8, from ``templates/<template>``.

    ``path`` is where the page is served, from the root of the gateway. The template gets it, and
    ``root``, the relative address of that root, with which all links begin: so a page works below
    any prefix of any proxy, without knowing it.
    """
    root = "../" * (path.count("/") - 1) or "./"
    return _environment().get_template(template).render(path=path, root=root, **values).encode()
