"""Navixy's page "User personal info": its sample and its two lists of fields."""

# The page's `-d`, byte for byte.
SAMPLE = (
    b'{"hash": "22eac1c27af4be7b9d04da2ce1af111b", "first_name": "Charles", '
    b'"middle_name": "Henry", "last_name": "Pearson", "legal_type": "legal_entity", '
    b'"phone": "491761234567", "post_country": "Germany", "post_index": "61169", '
    b'"post_region": "Hessen", "post_city": "Wiesbaden", '
    b'"post_street_address": "Marienplatz 2", "registered_country": "Germany", '
    b'"registered_index": "61169", "registered_region": "Hessen", '
    b'"registered_city": "Wiesbaden", "registered_street_address": "Marienplatz 2", '
    b'"state_reg_num": "12-3456789", "tin": "1131145180", "legal_name": "E. Biasi GmbH", '
    b'"iec": "", "okpo_code": ""}'
)

LEGAL_TYPES = ("individual", "sole_trader", "legal_entity")

_ALL = frozenset(LEGAL_TYPES)
_BUSINESS = frozenset({"sole_trader", "legal_entity"})
_ENTITY = frozenset({"legal_entity"})

FIELDS = {
    "legal_type": _ALL,
    "first_name": _ALL,
    "middle_name": _ALL,
    "last_name": _ALL,
    "phone": _ALL,
    "post_country": _ALL,
    "post_index": _ALL,
    "post_region": _ALL,
    "post_city": _ALL,
    "post_street_address": _ALL,
    "iec": _ENTITY,
    "legal_name": _ENTITY,
    "okpo_code": _BUSINESS,
    "registered_country": _BUSINESS,
    "registered_index": _BUSINESS,
    "registered_region": _BUSINESS,
    "registered_city": _BUSINESS,
    "registered_street_address": _BUSINESS,
    "state_reg_num": _BUSINESS,
    "tin": _BUSINESS,
}
"""A field -> the legal types that send it."""

REQUIRED = frozenset({"legal_type", "first_name", "last_name"})
"""The reference's "required", without phone: "Optional", says the page."""
