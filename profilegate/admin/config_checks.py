"""The configuration before it is served: every problem of the settings at once."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path

from profilegate.admin.seed_files import read_seed_file
from profilegate.errors import MasterKeyError, ProfilegateError, SettingError
from profilegate.gateway.loading import load_providers
from profilegate.gateway.prefixes import reject_hidden
from profilegate.gateway.provider import Provider
from profilegate.gateway.settings import Settings
from profilegate.store.opening import check_database

PREFIX = "PROFILEGATE_"


def problems_of(settings: Settings) -> Iterator[str]:
    """What would stop a gateway with these settings, each with its rule and the way out."""
    providers: Mapping[str, Provider] = {}

    def load() -> None:
        nonlocal providers
        providers = load_providers()

    checks: list[Callable[[], object]] = [
        load,
        settings.check_host,
        settings.check_public_url,
        settings.check_smtp_url,
        settings.check_links,
        settings.check_drain,
        lambda: settings.trusted_proxies,
        lambda: settings.journal_size,
        lambda: settings.socket_mode,
        lambda: reject_hidden(settings.prefix, providers),
        lambda: check_database(
            settings.database_url, settings.key_file_path, may_begin=settings.demo
        ),
        lambda: settings.seed and read_seed_file(Path(settings.seed), providers),
        _check_traces,
    ]
    for check in checks:
        try:
            check()
        except MasterKeyError as error:
            yield f"PROFILEGATE_KEY_FILE: {error}"
        except ProfilegateError as error:
            yield str(error)


def unknown_variables(
    environment: Mapping[str, str], known: Collection[str], providers: Collection[str]
) -> Iterator[str]:
    """The variables with our prefix that nothing reads, each with the one that may be meant."""
    ours = tuple(f"{PREFIX}{name.upper().replace('-', '_')}_" for name in providers)
    for name in sorted(environment):
        # The credentials of a provider are variables, too: docs/calls.md.
        if not name.startswith(PREFIX) or name in known or name.startswith(ours):
            continue
        near = get_close_matches(name, known, n=1)
        meant = f"; did you mean {near[0]}?" if near else ""
        yield f"{name}: there is no such setting{meant}"


def _check_traces() -> None:
    endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT"
    if os.environ.get(endpoint) and find_spec("opentelemetry") is None:
        raise SettingError(
            endpoint, "traces need more packages: pip install 'profilegate[opentelemetry]'"
        )
