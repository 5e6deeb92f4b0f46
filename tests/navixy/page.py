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

FIELDS: dict[str, tuple[frozenset[str], bool]] = {
    "legal_type": (_ALL, True),
    "first_name": (_ALL, True),
    "middle_name": (_ALL, True),
    "last_name": (_ALL, True),
    "phone": (_ALL, False),
    "post_country": (_ALL, False),
    "post_index": (_ALL, False),
    "post_region": (_ALL, False),
    "post_city": (_ALL, False),
    "post_street_address": (_ALL, False),
    "iec": (_ENTITY, True),
    "legal_name": (_ENTITY, True),
    "okpo_code": (_BUSINESS, False),
    "registered_country": (_BUSINESS, True),
    "registered_index": (_BUSINESS, True),
    "registered_region": (_BUSINESS, True),
    "registered_city": (_BUSINESS, True),
    "registered_street_address": (_BUSINESS, True),
    "state_reg_num": (_BUSINESS, False),
    "tin": (_BUSINESS, True),
}
"""A field -> the legal types that send it, and whether it is required (not called optional)."""
