"""Credentials of a caller: from the environment, or from a file with named profiles.

::

    # ~/.config/profilegate/credentials.toml, which nobody else may read
    [machnet.default]
    client_id = "…"
    client_secret = "…"

    [machnet.sandbox]
    base_url = "https://sandbox.example"
    client_id = "…"
    client_secret = "…"

They are taken from one place as a whole: the parts of two credentials never meet.
"""

import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from profilegate.errors import SettingError
from profilegate.gateway.outgoing import Signer
from profilegate.gateway.settings import read_secret

DEFAULT_PROFILE: Final = "default"
"""The profile of the file that counts if no other is named, and the environment has nothing."""

BASE_URL: Final = "base_url"
"""The key of a profile that is no part of a credential: where it is used."""

FILE_VARIABLE: Final = "PROFILEGATE_CREDENTIALS"
"""The variable with the path of the file."""

READABLE_BY_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class Profile:
    """A credential by the names of its parts, and where it is used; None: where the spec says."""

    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    base_url: str | None = None


def variable_of(provider: str, name: str) -> str:
    """The variable of a part of a credential: ``PROFILEGATE_MACHNET_CLIENT_ID``."""
    return re.sub(r"\W", "_", f"PROFILEGATE_{provider}_{name}", flags=re.ASCII).upper()


def default_file(environment: Mapping[str, str] = os.environ) -> Path:
    """The file with the profiles: as PROFILEGATE_CREDENTIALS says, else in the user's folder."""
    if found := environment.get(FILE_VARIABLE):
        return Path(found)
    folder = environment.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(folder) / "profilegate" / "credentials.toml"


def find_profile(
    provider: str,
    signer: Signer,
    name: str | None = None,
    *,
    environment: Mapping[str, str] = os.environ,
) -> Profile:
    """
    The profile of this name in the file; without a name the environment's, else the default one.

    Raises:
        SettingError: the file is open to others or malformed, or has no such profile.
    """
    if name is None and (found := _from_environment(provider, signer, environment)):
        return Profile(found)
    file = default_file(environment)
    profiles = _read(file).get(provider, {}) if name is not None or file.exists() else {}
    if name is not None and name not in profiles:
        known = ", ".join(profiles) or "none"
        raise SettingError(str(file), f"{provider} has no profile {name}; there are: {known}")
    return _profile(file, provider, signer, profiles.get(name or DEFAULT_PROFILE, {}))


def profile_names(provider: str, *, environment: Mapping[str, str] = os.environ) -> list[str]:
    """
    The names of a provider's profiles in the file; none without a file.

    Raises:
        SettingError: the file is open to others or malformed.
    """
    file = default_file(environment)
    return list(_read(file).get(provider, {})) if file.exists() else []


def _from_environment(
    provider: str, signer: Signer, environment: Mapping[str, str]
) -> dict[str, str]:
    found = {}
    for name in signer.names:
        variable = variable_of(provider, name)
        path = environment.get(f"{variable}_FILE")
        if value := read_secret(variable, environment.get(variable) or None, path):
            found[name] = value
    return found


def _profile(file: Path, provider: str, signer: Signer, values: Mapping[str, Any]) -> Profile:
    known = [*signer.names, BASE_URL]
    for name, value in values.items():
        if name not in known:
            what = f"{provider} has no {name}; a profile has: {', '.join(known)}"
            raise SettingError(str(file), what)
        if not isinstance(value, str):
            raise SettingError(str(file), f"{name} of {provider} must be a text")
    credentials = {name: value for name, value in values.items() if name != BASE_URL}
    return Profile(credentials, values.get(BASE_URL))


def _read(file: Path) -> dict[str, dict[str, Any]]:
    try:
        with file.open("rb") as opened:
            if stat.S_IMODE(os.fstat(opened.fileno()).st_mode) & READABLE_BY_OTHERS:
                raise SettingError(str(file), "others may read or change it; run `chmod 600` on it")
            found = tomllib.load(opened)
    except OSError as error:
        raise SettingError(str(file), f"it cannot be read ({error.strerror})") from error
    except ValueError:
        raise SettingError(str(file), "it is not TOML") from None
    for provider, profiles in found.items():
        if not isinstance(profiles, dict) or not all(
            isinstance(each, dict) for each in profiles.values()
        ):
            raise SettingError(str(file), f"{provider} needs profiles: [{provider}.default]")
    return found
