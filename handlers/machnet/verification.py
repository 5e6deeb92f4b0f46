"""Machnet SEND: the verification of the sandbox, and the status of each piece of information."""

from collections.abc import Mapping
from typing import cast

from profilegate.profile.fields import Changes, Fields

from ._generated import CipInfo, CipStatus, UserStatus, user_from_fields

UNVERIFIED: UserStatus = "UNVERIFIED"

STATUS_OF_FIRST_NAME: Mapping[str, UserStatus] = {
    "Verified": "VERIFIED",
    "Retry": "RETRY",
    "Suspended": "SUSPENDED",
}
"""RaaS, test values: "Various KYC statuses can be simulated in Sandbox by supplying specific values
in the First Name field"."""

UNDECIDED = frozenset({UNVERIFIED, "IN_PROGRESS", "RETRY"})
"""The statuses that a verification changes. "If additional information is added or any information
is updated on the user, KYC/KYB should be re-initiated": so it may be initiated again until it has a
result. From the others Machnet's compliance team moves a user; here the admin API does."""

CIP_STATUS: Mapping[UserStatus, CipStatus] = {
    UNVERIFIED: "SUBMIT",
    "IN_PROGRESS": "REVIEWING",
    "REVIEW_PENDING": "REVIEWING",
    "VERIFIED": "VERIFIED",
    "RETRY": "REQUESTED",
    "SUSPENDED": "FAILED",
}
"""A user is verified as a whole, so all pieces of information have one status: our choice."""

CIP_TAGS: Mapping[str, tuple[str, ...]] = {
    "GENDER": ("gender",),
    "COUNTRY": ("country",),
    "STATE": ("state",),
    "LAST_NAME": ("last_name",),
    "OCCUPATION": ("occupation",),
    "CITY": ("city",),
    "ZIP_CODE": ("zipcode",),
    "DATE_OF_BIRTH": ("date_of_birth",),
    "ID_DOC": ("physical_documents", "virtual_documents"),
    "PHONE_NUMBER": ("mobile_phone",),
    "EMAIL": ("email",),
    "ADDRESS_LINE1": ("address_line1",),
    "ADDRESS_LINE2": ("address_line2",),
    "MIDDLE_NAME": ("middle_name",),
    "FIRST_NAME": ("first_name",),
    "IP_ADDRESS": ("ip_address",),
}
"""The pieces, and the fields of a user that each stands for; in the order of a known client."""


def verified(fields: Fields) -> Changes:
    """What a verification changes: the status, by the first name (of a business, its name)."""
    if fields["account.status"] not in UNDECIDED:
        return {}
    first_name = user_from_fields(fields).get("first_name", "")
    return {"account.status": STATUS_OF_FIRST_NAME.get(first_name, "IN_PROGRESS")}


def cip_info(fields: Fields) -> CipInfo:
    """The status of each piece of information that a user has."""
    user, status = user_from_fields(fields), CIP_STATUS[fields["account.status"]]
    known = (tag for tag, names in CIP_TAGS.items() if any(map(user.get, names)))
    return cast(CipInfo, dict.fromkeys(known, status))
