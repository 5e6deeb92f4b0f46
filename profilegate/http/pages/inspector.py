"""The inspector: the list of profiles, and the search for one of them."""

from typing import Final
from urllib.parse import quote

from profilegate.admin import accounts, profiles
from profilegate.admin.context import Admin
from profilegate.errors import RequestError
from profilegate.http.exchange import Response
from profilegate.http.pages.routes import Route
from profilegate.http.pages.signed_in import AdminPage, SignedIn

PROFILES_SHOWN_MAX: Final = 50
"""Profiles on one page of the list; we chose what a person still looks through."""


class Inspector:
    """The pages ``/inspect`` and ``/inspect/{profile}``."""

    def __init__(self, pages: SignedIn) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        """The routes of all pages."""
        return [self._pages.route("/inspect", GET=self.show_list)]

    async def show_list(self, page: AdminPage) -> Response:
        """Some profiles, or the one that is sought."""
        sought = page.request.query.get("sought", "").strip()
        if sought:
            found = await _find(page.admin, sought)
            if found is not None:
                return page.redirect(f"/inspect/{quote(found)}")
        after = page.request.query.get("after")
        listed = await profiles.page(page.admin, after=after, limit=PROFILES_SHOWN_MAX)
        return page.html(
            "inspect_list.html",
            status=404 if sought else 200,
            listed=listed,
            after=after,
            sought=sought,
            providers=sorted(name for name, each in page.admin.providers.items() if each.policy),
        )


async def _find(admin: Admin, sought: str) -> str | None:
    """The id of the profile with an id, or of an account (``provider:id``); None without one."""
    provider, colon, external_id = sought.partition(":")
    try:
        if colon:
            key = admin.account_key(provider, external_id)
            return (await accounts.profile_of(admin, key)).id
        return (await profiles.get(admin, sought)).id
    except RequestError:
        return None
