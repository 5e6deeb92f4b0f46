"""Diadoc's protobuf messages for Schemathesis, to and from JSON values.

The numbers are those of Diadoc's client libraries.
"""

from typing import Any

import schemathesis
from schemathesis import DeserializationContext, Response, SerializationContext

from tests.media.wire_format import boolean, message, text

MEDIA_TYPE = "application/x-protobuf"

Fields = dict[str, tuple[int, "Fields | list[Fields] | tuple[str, ...] | type[str] | type[bool]"]]
"""A message: each field's number, and what it holds: a message, a list of messages, a word of an
enumeration, or a value."""

FULL_NAME: Fields = {"LastName": (1, str), "FirstName": (2, str), "MiddleName": (3, str)}
SENT: dict[str, Fields] = {
    "/V3/Authenticate": {"login": (1, str), "password": (2, str)},
    "/UpdateMyUser": {
        "Login": (1, {"Login": (1, str)}),
        "FullName": (2, {"FullName": (1, FULL_NAME)}),
    },
}
USER_V2: Fields = {
    "UserId": (1, str),
    "Login": (2, str),
    "FullName": (3, FULL_NAME),
    "IsRegistered": (4, bool),
}
BOX: Fields = {"BoxId": (1, str), "Title": (2, str), "BoxIdGuid": (6, str)}
ORGANIZATION: Fields = {
    "OrgId": (1, str),
    "Inn": (2, str),
    "Kpp": (3, str),
    "FullName": (4, str),
    "ShortName": (5, str),
    "Boxes": (7, [BOX]),
    "Ogrn": (8, str),
    "FnsParticipantId": (9, str),
    "IsActive": (15, bool),
    "IsTest": (16, bool),
    "IsEmployee": (19, bool),
    "Sociability": (22, ("AllOrganizations", "CounteragentsOnly")),
    "OrganizationType": (
        27,
        ("UnknownOrganizationType", "Individual", "Juridical", "PhysicalPerson"),
    ),
    "ReadyForEpdStatus": (30, ("UnknownEpdStatus", "UndefinedEpdStatus", "Ready", "NotReady")),
    "Comment": (31, str),
}
LEVEL = ("DepartmentOnly", "DepartmentAndSubdepartments", "AllDocuments", "SelectedDepartments")
USER_PERMISSIONS: Fields = {
    "UserDepartmentId": (1, str),
    "IsAdministrator": (2, bool),
    "DocumentAccessLevel": (3, LEVEL),
    "CanSignDocuments": (4, bool),
    "CanManageCounteragents": (6, bool),
    "CanAddResolutions": (7, bool),
    "CanRequestResolutions": (8, bool),
    "JobTitle": (10, str),
    "CanCreateDocuments": (11, bool),
    "AuthorizationPermission": (12, {"IsBlocked": (1, bool)}),
    "CanDeleteRestoreDocuments": (13, bool),
    "CanAttachUniversalMessages": (14, bool),
}
EMPLOYEE: Fields = {
    "User": (1, USER_V2),
    "Permissions": (
        2,
        {
            "UserDepartmentId": (1, str),
            "IsAdministrator": (2, bool),
            "DocumentAccessLevel": (3, LEVEL),
            "Actions": (5, [{"Name": (1, str), "IsAllowed": (2, bool)}]),
        },
    ),
    "Position": (3, str),
    "CanBeInvitedForChat": (4, bool),
}
ANSWERED: dict[str, Fields] = {
    "/GetMyOrganizations": {"Organizations": (1, [ORGANIZATION])},
    "/GetMyPermissions": USER_PERMISSIONS,
    "/GetMyEmployee": EMPLOYEE,
    "/GetMyCertificates": {"Certificates": (1, [{}])},
    "/UpdateMyUser": USER_V2,
    "/V2/GetMyUser": USER_V2,
    "/GetMyUser": {
        "Id": (1, str),
        "LastName": (2, str),
        "FirstName": (3, str),
        "MiddleName": (4, str),
    },
}

NO_MESSAGE = b"\xff"
"""A tag that never ends."""


def encode(fields: Fields, value: Any) -> bytes:
    """
    A value as a message.

    An invalid value stays invalid: it becomes a number in the place of a text or a message, and
    bytes that are no message in the place of an object. A field without a number is left out.
    """
    if not isinstance(value, dict):
        return NO_MESSAGE
    parts = []
    for name, (number, kind) in fields.items():
        if name not in value:
            continue
        part = value[name]
        if isinstance(kind, dict) and isinstance(part, dict):
            parts.append(message(number, encode(kind, part)))
        elif kind is str and isinstance(part, str):
            parts.append(text(number, part))
        else:
            parts.append(boolean(number, bool(part)))
    return b"".join(parts)


def decode(fields: Fields, raw: bytes) -> dict[str, Any]:
    """The JSON value of a message; a field without a name is an error; a list is always there."""
    names = {number: (name, kind) for name, (number, kind) in fields.items()}
    found: dict[str, Any] = {
        name: [] for name, (_, kind) in fields.items() if isinstance(kind, list)
    }
    at = 0
    while at < len(raw):
        tag, at = _varint(raw, at)
        size, at = _varint(raw, at)
        name, kind = names[tag >> 3]
        if kind is bool or isinstance(kind, tuple):
            assert tag & 7 == 0
            found[name] = bool(size) if kind is bool else kind[size]
            continue
        assert tag & 7 == 2
        part, at = raw[at : at + size], at + size
        if isinstance(kind, list):
            found[name].append(decode(kind[0], part))
        else:
            found[name] = decode(kind, part) if isinstance(kind, dict) else part.decode("utf-8")
    return found


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while raw[at] & 0x80:
        number |= (raw[at] & 0x7F) << shift
        shift += 7
        at += 1
    return number | raw[at] << shift, at + 1


@schemathesis.serializer(MEDIA_TYPE)
def _serialize(context: SerializationContext, value: Any) -> bytes:
    return encode(SENT[context.case.operation.path], value)


@schemathesis.deserializer(MEDIA_TYPE)
def _deserialize(context: DeserializationContext, response: Response) -> Any:
    return decode(ANSWERED[context.operation.path], response.content)
