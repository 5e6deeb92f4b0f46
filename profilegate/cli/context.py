"""The desk that a command works at: the store, opened in this process, and the providers' rules.

Several processes may have the store open, a serving gateway among them: what a command writes, the
gateway's next response shows.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, wraps
from getpass import getuser
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

import click

from profilegate.cli.options import database, demo, in_a_sentence, key_file
from profilegate.errors import AccountUnknownError, SettingError
from profilegate.gateway.settings import Settings
from profilegate.store import DEFAULT_NAMESPACE, AccountKey, Origin, Profile, Store

if TYPE_CHECKING:
    from profilegate.gateway.provider import Provider
    from profilegate.gateway.provisioning import AccountPolicy
    from profilegate.openapi import Spec

P = ParamSpec("P")

MAPPING = "command line"


@dataclass(frozen=True, slots=True)
class CommandContext:
    """An open store, and every provider with its spec."""

    store: Store
    providers: "Mapping[str, tuple[Spec, Provider]]"
    namespace: str = DEFAULT_NAMESPACE
    origin: Origin = field(default_factory=lambda: Origin(MAPPING, _who(), uuid.uuid4().hex))

    def account(self, provider: str, external_id: str) -> AccountKey:
        """
        The key of an account, whether there is one or not.

        Raises:
            SettingError: there is no such provider.
        """
        self.policy(provider)
        return AccountKey(self.namespace, provider, external_id)

    def policy(self, provider: str) -> "AccountPolicy":
        """
        How a provider's accounts and credentials are made.

        Raises:
            SettingError: there is no such provider.
        """
        known = {name: found.policy for name, (_, found) in self.providers.items() if found.policy}
        if provider not in known:
            raise SettingError(provider, f"the providers are {', '.join(known)}")
        return known[provider]

    async def profile(self, text: str) -> Profile:
        """
        The profile that is meant by its id, or by one of its accounts (``provider:external id``).

        Raises:
            ProfileUnknownError, AccountUnknownError: there is none.
        """
        provider, colon, external_id = text.partition(":")
        if colon and provider in self.providers:
            return await self.store.profile_of(self.account(provider, external_id))
        return await self.store.profile(self.namespace, text)

    async def own_fields(self, key: AccountKey) -> dict[str, Any]:
        """
        What belongs to one account alone.

        Raises:
            AccountUnknownError: there is no such account.
        """
        profile = await self.store.profile_of(key)
        for account in profile.accounts:
            if account.key == key:
                return account.fields
        raise AccountUnknownError


def with_context(
    *, may_create: bool = False
) -> Callable[[Callable[Concatenate[CommandContext, P], Awaitable[None]]], Callable[..., None]]:
    """
    Make a command of a coroutine function whose first argument is the desk.

    ``may_create``: a store that is not there is made; other commands say that it is missing.
    """

    def decorate(
        work: Callable[Concatenate[CommandContext, P], Awaitable[None]],
    ) -> Callable[..., None]:
        @wraps(work)
        def command(*args: Any, database: str | None, key_file: str, demo: bool, **kw: Any) -> None:
            for name, value in kw.items():
                _check_text(name, value)
            settings = Settings(database=database, key_file=key_file, demo=demo)
            if not may_create and not settings.database_path.exists():
                what = f"there is no file {settings.database_path}"
                raise SettingError("PROFILEGATE_DATABASE", what)
            asyncio.run(_work(settings, lambda context: work(context, *args, **kw)))

        shared = demo("Work on the demo data's database.")(in_a_sentence(command))
        decorated: Callable[..., None] = database(key_file(shared))
        return decorated

    return decorate


async def _work(settings: Settings, work: Callable[[CommandContext], Awaitable[None]]) -> None:
    from profilegate.store.sqlite import open_store

    providers = _providers()
    store = open_store(
        settings.database_path,
        key_file=settings.key_file_path,
        rules={name: provider.mapping.rules for name, (_, provider) in providers.items()},
    )
    try:
        await work(CommandContext(store, providers))
    finally:
        await store.close()


@cache
def _providers() -> "Mapping[str, tuple[Spec, Provider]]":
    # Imported here: a command that only prints its help does without.
    from profilegate.gateway.loading import load_provider
    from profilegate.openapi import read_spec
    from profilegate.openapi.resources import spec_files, specs_folder

    specs = [read_spec(path) for path in spec_files(specs_folder())]
    return {spec.name: (spec, load_provider(spec)) for spec in specs}


def _check_text(name: str, value: Any) -> None:
    """
    See that what was typed is UTF-8, whatever the shell let through.

    Raises:
        UsageError: it is not.
    """
    for text in value if isinstance(value, tuple) else (value,):
        try:
            str(text).encode()
        except UnicodeEncodeError:
            raise click.UsageError(f"{name} is not UTF-8") from None


def _who() -> str:
    """Who sits at the desk, as far as the system knows."""
    try:
        return getuser()
    except (OSError, KeyError):
        return "somebody without a name"
