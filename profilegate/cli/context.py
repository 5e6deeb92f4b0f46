"""The context of a command: opens the store in this process, for the admin actions.

A gateway may serve the same store meanwhile; its next response shows what a command has written.
"""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from functools import wraps
from getpass import getuser
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from profilegate.cli.options import (
    database,
    demo,
    for_tests,
    key_file,
    namespace_option,
    reject_invalid_utf8,
    reported,
)
from profilegate.errors import SettingError
from profilegate.gateway.settings import Settings

if TYPE_CHECKING:
    from profilegate.admin.context import Admin
    from profilegate.store import ProfileRecord

P = ParamSpec("P")

CHANNEL = "command line"
"""The channel that histories record for a command's changes."""


def admin_command(
    *, may_create: bool = False, on_gateway: bool = False, is_for_tests: bool = False
) -> "Callable[[Callable[Concatenate[Admin, P], Awaitable[None]]], Callable[..., None]]":
    """
    Turn a coroutine function whose first argument is the ``Admin`` into a command.

    ``may_create``: create a missing store; other commands report that it is missing.
    ``on_gateway``: the command acts on namespaces, and permits ``--test-mode``; all others act in
    one namespace (``--namespace``). ``is_for_tests``: it permits ``--test-mode`` too.
    """

    def decorate(
        work: "Callable[Concatenate[Admin, P], Awaitable[None]]",
    ) -> Callable[..., None]:
        @wraps(work)
        def command(
            *args: Any,
            database: str | None,
            key_file: str | None,
            demo: bool,
            namespace: str | None = None,
            test_mode: bool = False,
            **kw: Any,
        ) -> None:
            for name, value in kw.items():
                reject_invalid_utf8(name, value)
            settings = Settings(
                database=database, key_file=key_file, demo=demo, test_mode=test_mode
            )
            if not may_create:
                reject_missing_database(settings)
            asyncio.run(_run(settings, namespace, lambda admin: work(admin, *args, **kw)))

        shared = demo("Work on the database of the demo data.")(reported(command))
        if not on_gateway:
            shared = namespace_option(shared)
        if on_gateway or is_for_tests:
            shared = for_tests(shared)
        decorated: Callable[..., None] = database(key_file(shared))
        return decorated

    return decorate


def reject_missing_database(settings: Settings) -> None:
    """
    Check that the database exists.

    Raises:
        SettingError: it does not exist; with a hint if a demo database exists.
    """
    from profilegate.store.opening import reject_missing

    try:
        reject_missing(settings.database_url)
    except SettingError as error:
        demo_path = Settings(demo=True).database_path
        if settings.database is None and not settings.demo and demo_path.exists():
            hint = f"; there is {demo_path}: did you mean --demo?"
            raise SettingError(error.name, error.what + hint) from None
        raise


async def find_profile(admin: "Admin", text: str) -> "ProfileRecord":
    """
    The profile with an id, or with an account (``provider:external id``).

    Raises:
        ProfileUnknownError, AccountUnknownError: there is no such profile or account.
        InvalidFieldsError: there is no such provider.
    """
    from profilegate.admin import accounts, profiles

    provider, colon, external_id = text.partition(":")
    if colon:
        return await accounts.profile_of(admin, admin.account_key(provider, external_id))
    return await profiles.get(admin, text)


async def _run(
    settings: Settings, namespace: str | None, work: "Callable[[Admin], Awaitable[None]]"
) -> None:
    from profilegate.admin.context import Admin
    from profilegate.admin.namespaces import inside
    from profilegate.gateway.loading import load_providers
    from profilegate.store import DEFAULT_NAMESPACE, Origin
    from profilegate.store.opening import open_store

    providers = load_providers()
    store = open_store(
        settings.database_url,
        key_file=settings.key_file_path,
        rules={name: provider.mapping.rules for name, provider in providers.items()},
        # The demo data loses nothing if its database begins anew.
        may_begin=settings.demo,
    )
    try:
        admin = Admin(
            store=store,
            providers=providers,
            namespace=DEFAULT_NAMESPACE,
            origin=Origin(CHANNEL, _user_name(), uuid.uuid4().hex),
            now=store.now,
            test_mode=settings.is_for_tests,
        )
        await work(admin if namespace is None else await inside(admin, namespace))
    finally:
        await store.close()


def _user_name() -> str:
    """The operating system's name of the user who runs the command."""
    try:
        return getuser()
    except (OSError, KeyError):
        return "unknown user"
