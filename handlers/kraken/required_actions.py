"""What Kraken still wants of a user: one required action for each detail that it lacks."""

from collections.abc import Mapping

from profilegate.profile.fields import Fields

from ._generated import DetailsType, RequiredAction, user_update_from_fields

TERMS_VERSION = 1
"""Kraken publishes no version of its Terms of Service; this one is asked for."""

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
"""The field of an update that gives a detail, and what Kraken calls the detail."""


def required_actions(user: Fields) -> list[RequiredAction]:
    """What is lacking: all that an update could not be made of, in Kraken's order."""
    known = user_update_from_fields(user)
    return [
        {"action_type": "provide_details", "details_type": details}
        for field, details in DETAILS.items()
        if field not in known
    ]
