"""Kontur Diadoc: the organizations of a user, and what the user may do there."""

from profilegate.errors import RequestError
from profilegate.profile.fields import Fields

from ._generated import (
    EmployeeAction,
    EmployeePermissions,
    Organization,
    OrganizationList,
    OrganizationUserPermissions,
    organization_list_from_fields,
)

ORGANIZATIONS = "account.organizations"

BOX_SUFFIX = "@diadoc.ru"
"""A BoxId is an address whose name is the BoxIdGuid without hyphens."""

# The gateway keeps no permissions: each user is the administrator of their organizations.
HEAD_DEPARTMENT = "00000000-0000-0000-0000-000000000000"
POSITION = "Администратор"
ACTIONS = (
    "CreateDocuments",
    "DeleteRestoreDocuments",
    "SignDocuments",
    "AddResolutions",
    "RequestResolutions",
    "ManageCounteragents",
)


class OrganizationDeniedError(RequestError):
    """The caller has no access to the organization, or there is none with its id."""

    template = "the caller has no access to the organization"


class BoxDeniedError(RequestError):
    """The caller has no access to the box, or there is none with its id."""

    template = "the caller has no access to the box"


def organizations_of(fields: Fields) -> OrganizationList:
    """The organizations of a user; none for an account that was given none."""
    return organization_list_from_fields({ORGANIZATIONS: [], **fields})


def check_organization(fields: Fields, org_id: str) -> None:
    """
    Check that the user has access to an organization.

    Raises:
        OrganizationDeniedError: the user has none with this id.
    """
    if _plain(org_id) not in {_plain(each["OrgId"]) for each in _organizations(fields)}:
        raise OrganizationDeniedError


def check_box(fields: Fields, box_id: str) -> None:
    """
    Check that the user has access to a box.

    Raises:
        BoxDeniedError: no organization of the user has it.
    """
    boxes = [box for each in _organizations(fields) for box in each["Boxes"]]
    known = {_plain(name) for box in boxes for name in (box["BoxId"], box["BoxIdGuid"])}
    if _plain(box_id) not in known:
        raise BoxDeniedError


def user_permissions() -> OrganizationUserPermissions:
    """What an administrator may do, as GetMyPermissions shows it."""
    return {
        "UserDepartmentId": HEAD_DEPARTMENT,
        "IsAdministrator": True,
        "DocumentAccessLevel": "AllDocuments",
        "CanSignDocuments": True,
        "CanManageCounteragents": True,
        "CanAddResolutions": True,
        "CanRequestResolutions": True,
        "JobTitle": POSITION,
        "CanCreateDocuments": True,
        "AuthorizationPermission": {"IsBlocked": False},
        "CanDeleteRestoreDocuments": True,
        "CanAttachUniversalMessages": True,
    }


def employee_permissions() -> EmployeePermissions:
    """What an administrator may do, as GetMyEmployee shows it."""
    actions: list[EmployeeAction] = [{"Name": name, "IsAllowed": True} for name in ACTIONS]
    return {
        "UserDepartmentId": HEAD_DEPARTMENT,
        "IsAdministrator": True,
        "DocumentAccessLevel": "AllDocuments",
        "Actions": actions,
    }


def _organizations(fields: Fields) -> list[Organization]:
    return organizations_of(fields)["Organizations"]


def _plain(identifier: str) -> str:
    """An identifier without what may differ: its letter case, hyphens, the suffix of a BoxId."""
    return identifier.casefold().removesuffix(BOX_SUFFIX).replace("-", "")
