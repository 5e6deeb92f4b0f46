"""The address under which a gateway says that it is reached."""

from pathlib import Path

import pytest

from profilegate.errors import SettingError
from profilegate.gateway.settings import Settings, read_secret

ADDRESSES = {
    "a setting": (Settings(public_url="https://x.example/"), "https://x.example"),
    "one address": (Settings(host="192.0.2.7"), "http://192.0.2.7:8080"),
    "one address of IPv6": (Settings(host="2001:db8::7"), "http://[2001:db8::7]:8080"),
    "every address": (Settings(host="0.0.0.0"), "http://127.0.0.1:8080"),
    "every address of IPv6": (Settings(host="::"), "http://[::1]:8080"),
}


@pytest.mark.parametrize(("settings", "address"), ADDRESSES.values(), ids=ADDRESSES)
def test_links_lead_to_an_address_that_can_be_opened(settings: Settings, address: str) -> None:
    """
    ``http://0.0.0.0:8080`` is no address for a link.
    """
    assert address == settings.public_url_at(8080)


@pytest.mark.parametrize("host", ["0.0.0.0", "0", "::", "::0", "0:0:0:0:0:0:0:0", ""])
def test_mails_need_a_public_address(host: str) -> None:
    """
    A gateway that listens on every address and sends mails is told the address for their links.
    """
    with pytest.raises(SettingError, match="PROFILEGATE_PUBLIC_URL"):
        Settings(host=host, smtp_url="smtp://127.0.0.1:25").check_addresses()


@pytest.mark.parametrize(
    "url", ["nonsense", "gateway.example", "ftp://x", "https://", "https://x:0", "https://x?q"]
)
def test_a_public_address_is_a_url(url: str) -> None:
    """
    A path is appended to it, so it has no query.
    """
    with pytest.raises(SettingError, match="PROFILEGATE_PUBLIC_URL"):
        Settings(public_url=url).check_addresses()


# --- Secrets -----------------------------------------------------------------------------


def test_a_secret_comes_from_a_file(tmp_path: Path) -> None:
    """
    Orchestrators pass secrets on in files; an editor ends the line.
    """
    file = tmp_path / "token"
    file.write_text("a b c\n")

    assert "a b c" == read_secret("PROFILEGATE_ADMIN_TOKEN", None, str(file))


UNREADABLE = {
    "a value and a file": ("value", b"token", "set one of them"),
    "a missing file": (None, None, "cannot be read"),
    "an empty file": (None, b"\n", "is empty"),
    "a file that is not UTF-8": (None, b"\xff", "not UTF-8"),
}


@pytest.mark.parametrize(("value", "content", "why"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_secret_that_cannot_be_read_is_reported(
    tmp_path: Path, value: str | None, content: bytes | None, why: str
) -> None:
    """
    The sentence names the setting, and not what stands in the file.
    """
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(SettingError, match=f"PROFILEGATE_ADMIN_TOKEN_FILE.*{why}"):
        read_secret("PROFILEGATE_ADMIN_TOKEN", value, str(file))


def test_settings_do_not_print_their_secrets() -> None:
    """
    A traceback or a log may show the settings.
    """
    shown = repr(Settings(admin_token="CANARY", smtp_url="smtp://user:CANARY@mail.example:25"))

    assert "CANARY" not in shown


DANGEROUS = {
    "demo data for all": (Settings(demo=True, host="0.0.0.0"), ["secrets are public"]),
    "demo data on this machine": (Settings(demo=True, host="127.0.0.1"), []),
    "a short admin token": (Settings(admin_token="x" * 21), ["can be guessed"]),
    "the example of an admin token": (
        Settings(admin_token="openssl rand -base64 32"),
        ["the text of an example"],
    ),
    "a long admin token": (Settings(admin_token="x" * 22), []),
}


@pytest.mark.parametrize(("settings", "words"), DANGEROUS.values(), ids=DANGEROUS)
def test_dangerous_settings_are_warned_of(settings: Settings, words: list[str]) -> None:
    """
    The demo data's secrets and an example's token are public, and a short token can be tried out.
    """
    warnings = list(settings.warnings())

    assert len(words) == len(warnings)
    assert all(word in warning for word, warning in zip(words, warnings, strict=True))
