"""Credentials: from the environment, or from a file that nobody else may read."""

from pathlib import Path

import pytest

from profilegate.client.credentials import Profile, find_profile, profile_names
from profilegate.errors import SettingError
from profilegate.gateway.loading import load_signer, load_spec

SIGNER = load_signer(load_spec("machnet"))

FILE = """
[machnet.default]
client_id = "of the file"
client_secret = "secret of the file"

[machnet.sandbox]
base_url = "https://sandbox.example"
client_id = "of the sandbox"
client_secret = "secret of the sandbox"

[navixy.default]
hash = "of another provider"
"""

OF_ENVIRONMENT = {
    "PROFILEGATE_MACHNET_CLIENT_ID": "of the environment",
    "PROFILEGATE_MACHNET_CLIENT_SECRET": "secret of the environment",
}


def written(folder: Path, text: str = FILE, mode: int = 0o600) -> dict[str, str]:
    """The environment that names a file with this text."""
    file = folder / "credentials.toml"
    file.write_text(text)
    file.chmod(mode)
    return {"PROFILEGATE_CREDENTIALS": str(file)}


@pytest.mark.parametrize(
    ("name", "environment", "expected"),
    [
        (None, {}, "of the file"),
        (None, OF_ENVIRONMENT, "of the environment"),
        ("default", OF_ENVIRONMENT, "of the file"),
        ("sandbox", OF_ENVIRONMENT, "of the sandbox"),
    ],
    ids=["the default profile", "the environment first", "a named profile", "another one"],
)
def test_a_credential_comes_from_one_place(
    tmp_path: Path, name: str | None, environment: dict[str, str], expected: str
) -> None:
    """
    "As a whole": an id of one place never meets the secret of another.
    """
    found = find_profile("machnet", SIGNER, name, environment={**environment, **written(tmp_path)})

    assert {"client_id": expected, "client_secret": f"secret {expected}"} == found.credentials


def test_a_profile_says_where_it_is_used(tmp_path: Path) -> None:
    """
    A sandbox has an address of its own, so that its profile alone is enough.
    """
    environment = written(tmp_path)
    found = [
        find_profile("machnet", SIGNER, name, environment=environment) for name in (None, "sandbox")
    ]

    assert [None, "https://sandbox.example"] == [each.base_url for each in found]
    assert ["default", "sandbox"] == profile_names("machnet", environment=environment)


def test_without_a_file_there_are_no_credentials(tmp_path: Path) -> None:
    """
    The file is optional; its usual place is the user's folder for settings.
    """
    environment = {"XDG_CONFIG_HOME": str(tmp_path)}
    assert Profile() == find_profile("machnet", SIGNER, environment=environment)

    folder = tmp_path / "profilegate"
    folder.mkdir()
    written(folder)
    found = find_profile("machnet", SIGNER, environment=environment)
    assert "of the file" == found.credentials["client_id"]


def test_a_secret_may_be_in_a_file_of_its_own(tmp_path: Path) -> None:
    """
    As orchestrators pass secrets on: the variable with _FILE is a path.
    """
    secret = tmp_path / "secret"
    secret.write_text("of a file\n")
    environment = {"PROFILEGATE_MACHNET_CLIENT_SECRET_FILE": str(secret)}

    found = find_profile("machnet", SIGNER, environment=environment)
    assert {"client_secret": "of a file"} == found.credentials


@pytest.mark.parametrize(
    ("name", "text", "mode", "what"),
    [
        (None, FILE, 0o640, "others may read or change it; run `chmod 600` on it"),
        (None, FILE, 0o602, "others may read or change it; run `chmod 600` on it"),
        (None, "[machnet", 0o600, "it is not TOML"),
        (None, 'machnet = "x"', 0o600, r"machnet needs profiles: \[machnet.default\]"),
        (None, "[machnet.default]\nclient_id = 7", 0o600, "client_id of machnet must be a text"),
        (
            None,
            "[machnet.default]\nclient = '7'",
            0o600,
            "machnet has no client; a profile has: client_id, client_secret, base_url",
        ),
        ("live", FILE, 0o600, "machnet has no profile live; there are: default, sandbox"),
    ],
    ids=[
        "readable by the group",
        "writable by others",
        "not TOML",
        "no profiles",
        "a number",
        "an unknown name",
        "an unknown profile",
    ],
)
def test_a_wrong_file_is_told_with_the_way_out(
    tmp_path: Path, name: str | None, text: str, mode: int, what: str
) -> None:
    """
    "Mode 0600 enforced": a file that others may read holds no secrets any more.
    """
    with pytest.raises(SettingError, match=what) as caught:
        find_profile("machnet", SIGNER, name, environment=written(tmp_path, text, mode))

    assert "secret of" not in str(caught.value)
