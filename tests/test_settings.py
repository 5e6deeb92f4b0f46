"""The address under which a gateway says that it is reached."""

import pytest

from profilegate.errors import SettingError
from profilegate.gateway.settings import Settings

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
