"""What the team claims of its Kraken client."""

import httpx
import pytest
from clients import KrakenClient, ProviderError


def test_an_update_is_stored(profilegate, kraken):
    user = profilegate.kraken.user
    kraken.update(user.id, full_name={"first_name": "Lea", "last_name": "Example"})
    assert profilegate.profile(user)["name.given"] == "Lea"


def test_a_user_may_be_named_as_kraken_prints_it(profilegate, kraken):
    kraken.update(profilegate.kraken.user["user"].replace(" ", "%20"), language="de")
    assert profilegate.profile(profilegate.kraken.user)["language"] == "de"


def test_an_update_is_known_to_the_other_providers(profilegate, kraken):
    profilegate.link(profilegate.navixy.user, profilegate.kraken.user)
    kraken.update(profilegate.kraken.user.id, phone="+12106603032")
    assert profilegate.navixy.user.show()["phone"] == "12106603032"


def test_invalid_fields_are_named(profilegate, kraken):
    with pytest.raises(ProviderError, match="EGeneral:Invalid arguments:occupation"):
        kraken.update(profilegate.kraken.user.id, occupation="pirate")


def test_an_unknown_user_is_an_error(kraken):
    with pytest.raises(ProviderError, match="EGeneral:Unknown user"):
        kraken.update("AA08N84GCPARUN7A", language="de")


def test_a_wrong_key_is_an_error(profilegate, http):
    wrong = KrakenClient(http, profilegate.kraken.api_key, "bm9ib2R5J3M=")
    with pytest.raises(ProviderError, match="EAPI:Invalid signature"):
        wrong.update(profilegate.kraken.user.id, language="de")


def test_a_nonce_is_used_once(profilegate, kraken):
    kraken.update(profilegate.kraken.user.id, nonce=7, language="de")
    with pytest.raises(ProviderError, match="EAPI:Invalid nonce"):
        kraken.update(profilegate.kraken.user.id, nonce=7, language="en")


def test_two_failures_are_retried(profilegate, kraken):
    profilegate.fail("kraken", status=503, times=2)
    kraken.update(profilegate.kraken.user.id, language="de")
    profilegate.assert_called("kraken", "update_user", times=3)


def test_three_failures_are_enough(profilegate, kraken):
    profilegate.fail("kraken", error="unavailable")
    with pytest.raises(ProviderError, match="EService:Unavailable"):
        kraken.update(profilegate.kraken.user.id, language="de")
    profilegate.assert_called("kraken", status=503, times=3)


def test_a_rate_limit_is_retried(profilegate, kraken):
    profilegate.fail("kraken", error="rate_limit_exceeded", times=1)
    kraken.update(profilegate.kraken.user.id, language="de")
    assert [each.status for each in profilegate.calls("kraken")] == [429, 200]


def test_a_slow_response_is_a_timeout(profilegate, kraken):
    profilegate.fail("kraken", delay=5)
    with pytest.raises(httpx.ReadTimeout):
        kraken.update(profilegate.kraken.user.id, language="de")


def test_the_version_of_the_api_is_sent(profilegate, kraken):
    kraken.update(profilegate.kraken.user.id, language="de")
    profilegate.assert_called(
        "kraken", headers={"Payward-Version": "2025-04-15"}, body__language="de"
    )


def test_a_name_that_machnet_has_verified_is_locked(profilegate, kraken):
    verified = profilegate.machnet.user(status="VERIFIED")
    profilegate.link(profilegate.kraken.user, verified)
    with pytest.raises(ProviderError, match="EGeneral:Permission denied"):
        kraken.update(
            profilegate.kraken.user.id, full_name={"first_name": "Lea", "last_name": "Example"}
        )
