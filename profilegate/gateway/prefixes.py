"""Prefixes: what stands before every path of a gateway, and before none of a provider's paths."""

from collections.abc import Mapping

from profilegate.errors import SettingError
from profilegate.gateway.gateway import ProviderDescription


def strip(path: str, root_path: str) -> str | None:
    """
    A path without the prefix of the settings; None if it does not begin with it.

    What X-Forwarded-Prefix names is never removed: a proxy passes on what a client has sent there,
    and a path that a proxy blocks would have a second name.
    """
    rest = path.removeprefix(root_path)
    return rest if rest != path and (not rest or rest[0] == "/") else None


def reject_hidden(root_path: str, providers: Mapping[str, ProviderDescription]) -> None:
    """
    Check that the prefix of the settings is not the beginning of a provider's path.

    Raises:
        SettingError: it is; a request could mean either.
    """
    for provider in providers.values() if root_path else ():
        for operation in provider.spec.operations():
            for path in operation.paths:
                if strip(path, root_path) is not None:
                    raise SettingError(
                        "PROFILEGATE_ROOT_PATH",
                        f"{provider.spec.file} has the path {path}; choose another prefix",
                    )
