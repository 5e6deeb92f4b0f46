"""Required actions: one for each detail that Kraken still requires of a user."""

from collections.abc import Mapping

from profilegate.profile.fields import Fields

from ._generated import DetailsType, RequiredAction, user_update_from_fields

TERMS_VERSION = 1
"""The version of the Terms of Service that a user has to accept; Kraken publishes none."""

DETAILS: Mapping[str, DetailsType] = {
    "tos_version_accepted": {"type": "terms_of_service", "version": TERMS_VERSION},
    "full_name": {"type": "full_name"},
    "date_of_birth": {"type": "date_of_birth"},
    "city_of_birth": {"type": "city_of_birth"},
    "country_of_birth": {"type": "country_of_birth"},
    "nationalities": {"type": "nationalities"},
    "residence": {"type": "residence"},
    "phone": {"type": "phone"},
    "occupation": {"type": "occupation"},
    "employer_name": {"type": "employer"},
    "tax_ids": {"type": "tax_ids"},
    "client_identifier": {"type": "client_identifier"},
}
"""A field of an update -> Kraken's name of the detail that it supplies."""


def required_actions(user: Fields) -> list[RequiredAction]:
    """The actions for all fields that a user does not have yet, in Kraken's order."""
    known = user_update_from_fields(user)
    return [
        {
            "action_type": "provide_details",
            "details_type": details,
            "reason": None,
            "deadline": None,
        }
        for field, details in DETAILS.items()
        if field not in known
    ]
