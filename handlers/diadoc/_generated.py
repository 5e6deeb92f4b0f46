# Generated from specs/diadoc.yaml by `make generate`. Edit the spec, not this file.
"""Diadoc: types, operations and the mapping to the profile."""

from collections.abc import Mapping
from typing import Any, Literal, NotRequired, Protocol, TypedDict, cast

from profilegate.gateway.call import Call
from profilegate.profile.fields import Changes, Fields
from profilegate.profile.locks import LockRules
from profilegate.profile.mapping import ProfileMapping, Representation, UpdateForm


class LoginPassword(TypedDict):
    """What a user logs in with."""

    login: str
    password: str


Token = str
"""A secret in base64, which may hold `+`, `/` and `=`; its user's for 24 hours."""


class FullName(TypedDict):
    """A full name, replaced whole."""

    FirstName: str
    LastName: str
    MiddleName: NotRequired[str]


class UserV2(TypedDict):
    """A user of Diadoc."""

    UserId: str
    Login: NotRequired[str]
    FullName: NotRequired[FullName]
    IsRegistered: bool


class User(TypedDict, total=False):
    """A user of Diadoc, as the first version of GetMyUser shows them."""

    Id: str
    LastName: str
    FirstName: str
    MiddleName: str


class UserLoginPatch(TypedDict):
    """A new login for the user."""

    Login: str


class UserFullNamePatch(TypedDict):
    """A new name for the user."""

    FullName: FullName


class UserToUpdate(TypedDict, total=False):
    """What is to change of the user; at least one of the two."""

    Login: UserLoginPatch
    FullName: UserFullNamePatch


class Box(TypedDict):
    """A box of an organization, for its documents."""

    BoxId: str
    BoxIdGuid: str
    Title: str


class Organization(TypedDict):
    """An organization in Diadoc."""

    OrgId: str
    Inn: str
    Kpp: NotRequired[str]
    FullName: str
    ShortName: NotRequired[str]
    Boxes: list[Box]
    Ogrn: NotRequired[str]
    FnsParticipantId: NotRequired[str]
    IsActive: NotRequired[bool]
    IsTest: NotRequired[bool]
    IsEmployee: NotRequired[bool]
    Sociability: Literal["AllOrganizations", "CounteragentsOnly"]
    OrganizationType: Literal[
        "UnknownOrganizationType", "Individual", "Juridical", "PhysicalPerson"
    ]
    ReadyForEpdStatus: Literal["UnknownEpdStatus", "UndefinedEpdStatus", "Ready", "NotReady"]
    Comment: str


class OrganizationList(TypedDict):
    """The organizations of a user."""

    Organizations: list[Organization]


class AuthorizationPermission(TypedDict):
    """Whether the user is kept out of the organization."""

    IsBlocked: bool


class OrganizationUserPermissions(TypedDict):
    """What a user may do in an organization."""

    UserDepartmentId: str
    IsAdministrator: bool
    DocumentAccessLevel: NotRequired[
        Literal[
            "UnknownDocumentAccessLevel",
            "DepartmentOnly",
            "DepartmentAndSubdepartments",
            "AllDocuments",
            "SelectedDepartments",
        ]
    ]
    CanSignDocuments: bool
    CanManageCounteragents: bool
    CanAddResolutions: bool
    CanRequestResolutions: bool
    JobTitle: NotRequired[str]
    CanCreateDocuments: bool
    AuthorizationPermission: AuthorizationPermission
    CanDeleteRestoreDocuments: bool
    CanAttachUniversalMessages: bool


class EmployeeAction(TypedDict):
    """Whether an employee may do one thing."""

    Name: str
    IsAllowed: bool


class EmployeePermissions(TypedDict):
    """What an employee may do."""

    UserDepartmentId: str
    IsAdministrator: bool
    DocumentAccessLevel: Literal[
        "UnknownDocumentAccessLevel",
        "DepartmentOnly",
        "DepartmentAndSubdepartments",
        "AllDocuments",
        "SelectedDepartments",
    ]
    Actions: NotRequired[list[EmployeeAction]]


class Employee(TypedDict):
    """A user as an employee of an organization."""

    User: UserV2
    Permissions: EmployeePermissions
    Position: str
    CanBeInvitedForChat: bool


class CertificateInfoV2(TypedDict):
    """A certificate; the gateway has none to show."""

    Thumbprint: str
    Type: Literal["Unknown", "Token", "Dss", "KonturCertificate"]


class CertificateList(TypedDict):
    """The certificates of an employee."""

    Certificates: list[CertificateInfoV2]


Sentence = str
"""One sentence in English or Russian, for people to read."""


class Operations(Protocol):
    """What a handler module for specs/diadoc.yaml provides."""

    async def authenticate(
        self, call: Call, *, type: Literal["password"], body: LoginPassword
    ) -> Token:
        """POST /V3/Authenticate: Log in"""
        ...

    async def authenticate_v2(self, call: Call, *, login: str, password: str) -> Token:
        """POST /V2/Authenticate: Log in, as the second version had it"""
        ...

    async def authenticate_v1(self, call: Call, *, login: str, password: str) -> Token:
        """POST /Authenticate: Log in, as the first version had it"""
        ...

    async def get_my_user_v2(self, call: Call) -> UserV2:
        """GET /V2/GetMyUser: Read the calling user"""
        ...

    async def get_my_user(self, call: Call) -> User:
        """GET /GetMyUser: Read the calling user, as the first version had it"""
        ...

    async def update_my_user(self, call: Call, *, body: UserToUpdate) -> UserV2:
        """POST /UpdateMyUser: Update the calling user"""
        ...

    async def get_my_organizations(
        self, call: Call, *, autoRegister: Literal["true", "false"] | None = None
    ) -> OrganizationList:
        """GET /GetMyOrganizations: List the organizations of the calling user"""
        ...

    async def get_my_permissions(self, call: Call, *, orgId: str) -> OrganizationUserPermissions:
        """GET /GetMyPermissions: Read the permissions of the calling user in an organization"""
        ...

    async def get_my_employee(self, call: Call, *, boxId: str) -> Employee:
        """GET /GetMyEmployee: Read the calling user as an employee of an organization"""
        ...

    async def get_my_certificates(self, call: Call, *, boxId: str) -> CertificateList:
        """GET /GetMyCertificates: List the certificates of the calling user"""
        ...

    async def confirm_login(self, call: Call, *, token: str) -> Sentence:
        """GET /UpdateMyUser/confirm: Confirm a new login"""
        ...


def _full_name_to_changes(body: FullName) -> Changes:
    """What FullName changes in the profile."""
    changes: Changes = {}
    changes["name.given"] = body["FirstName"]
    changes["name.family"] = body["LastName"]
    changes["name.middle"] = body.get("MiddleName")
    return changes


def _user_full_name_patch_to_changes(body: UserFullNamePatch) -> Changes:
    """What UserFullNamePatch changes in the profile."""
    changes: Changes = {}
    changes |= _full_name_to_changes(body["FullName"])
    return changes


def user_to_update_to_changes(body: UserToUpdate) -> Changes:
    """What UserToUpdate changes in the profile."""
    changes: Changes = {}
    if (full_name := body.get("FullName")) is not None:
        changes |= _user_full_name_patch_to_changes(full_name)
    return changes


def _full_name_from_fields(fields: Fields) -> FullName:
    """The profile as FullName shows it."""
    body: dict[str, Any] = {}
    if "name.given" in fields:
        body["FirstName"] = fields["name.given"]
    if "name.family" in fields:
        body["LastName"] = fields["name.family"]
    if "name.middle" in fields:
        body["MiddleName"] = fields["name.middle"]
    return cast(FullName, body)


def user_v2_from_fields(fields: Fields) -> UserV2:
    """The profile as UserV2 shows it."""
    body: dict[str, Any] = {}
    if "account.id" in fields:
        body["UserId"] = fields["account.id"]
    if "account.login" in fields:
        body["Login"] = fields["account.login"]
    full_name = _full_name_from_fields(fields)
    if full_name.keys() >= {"FirstName", "LastName"}:
        body["FullName"] = full_name
    if "account.registered" in fields:
        body["IsRegistered"] = fields["account.registered"]
    return cast(UserV2, body)


def user_from_fields(fields: Fields) -> User:
    """The profile as User shows it."""
    body: User = {}
    if "account.id" in fields:
        body["Id"] = fields["account.id"]
    if "name.family" in fields:
        body["LastName"] = fields["name.family"]
    if "name.given" in fields:
        body["FirstName"] = fields["name.given"]
    if "name.middle" in fields:
        body["MiddleName"] = fields["name.middle"]
    return body


def organization_list_from_fields(fields: Fields) -> OrganizationList:
    """The profile as OrganizationList shows it."""
    body: dict[str, Any] = {}
    if "account.organizations" in fields:
        body["Organizations"] = fields["account.organizations"]
    return cast(OrganizationList, body)


def employee_from_fields(fields: Fields) -> Employee:
    """The profile as Employee shows it."""
    body: dict[str, Any] = {}
    user = user_v2_from_fields(fields)
    if user.keys() >= {"UserId", "IsRegistered"}:
        body["User"] = user
    return cast(Employee, body)


RULES = LockRules(states={}, tables=())
"""What this provider locks, and in which state of the account."""


FIELD_NAMES: Mapping[str, str] = {
    "name.given": "FullName.FullName.FirstName",
    "name.family": "FullName.FullName.LastName",
    "name.middle": "FullName.FullName.MiddleName",
}
"""What this provider calls each path of the profile that it can write."""


MAPPING = ProfileMapping(
    rules=RULES,
    field_names=FIELD_NAMES,
    representations=(Representation("UserV2", {}, user_v2_from_fields),),
    updates=(UpdateForm("update_my_user", {}, user_to_update_to_changes),),
)
"""Everything that the engine knows of this provider."""
