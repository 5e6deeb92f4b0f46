"""What the team claims of its Machnet client."""

import pytest
from clients import MachnetClient, ProviderError

SSN = {"document_type": "SSN", "document_value": "111111112"}


def test_an_update_returns_the_user(profilegate, machnet):
    shown = machnet.update(profilegate.machnet.user.id, occupation="Banker")
    assert shown == {**profilegate.machnet.user, "occupation": "Banker"}


def test_a_number_is_masked(profilegate, machnet):
    shown = machnet.update(profilegate.machnet.user.id, virtual_documents=[SSN])
    assert shown["virtual_documents"][0]["document_value"] == "*****1112"


def test_what_is_shown_may_be_sent_back(profilegate, machnet):
    user = profilegate.machnet.user
    shown = machnet.update(user.id, virtual_documents=[SSN])
    machnet.update(user.id, virtual_documents=shown["virtual_documents"])
    assert profilegate.profile(user)["documents.virtual"][0]["value"] == "111111112"


def test_a_verified_user_keeps_the_name(profilegate, machnet):
    user = profilegate.machnet.user(status="VERIFIED")
    with pytest.raises(ProviderError, match="first_name"):
        machnet.update(user.id, first_name="Lea")
    assert machnet.get(user.id)["first_name"] == "Zoe"


def test_the_user_of_another_client_is_unknown(profilegate, machnet):
    with pytest.raises(ProviderError, match="NOT_FOUND"):
        machnet.get(profilegate.machnet.tenant("other").user.id)


def test_a_wrong_secret_is_an_error(profilegate, http):
    wrong = MachnetClient(http, profilegate.machnet.client_id, "wrong")
    with pytest.raises(ProviderError, match="UNAUTHORIZED"):
        wrong.get(profilegate.machnet.user.id)
