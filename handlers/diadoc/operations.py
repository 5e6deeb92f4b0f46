"""Kontur Diadoc: the operations of specs/diadoc.yaml."""

from typing import Literal

from profilegate.gateway import logins
from profilegate.gateway.call import Call

from ._generated import (
    CertificateList,
    Employee,
    LoginPassword,
    OrganizationList,
    OrganizationUserPermissions,
    Sentence,
    Token,
    User,
    UserToUpdate,
    UserV2,
    employee_from_fields,
    user_from_fields,
    user_to_update_to_changes,
    user_v2_from_fields,
)
from .auth import USER_KIND
from .login import TOKEN_AGE_MAX, login_change, new_login, new_token
from .organizations import (
    POSITION,
    check_box,
    check_organization,
    employee_permissions,
    organizations_of,
    user_permissions,
)


async def authenticate(call: Call, *, type: Literal["password"], body: LoginPassword) -> Token:
    """Open a session for the user with this login and password."""
    return await _log_in(call, body["login"], body["password"])


async def authenticate_v2(call: Call, *, login: str, password: str) -> Token:
    """Open a session for the user with the login and the password of the query."""
    return await _log_in(call, login, password)


async def authenticate_v1(call: Call, *, login: str, password: str) -> Token:
    """Open a session for the user with the login and the password of the query."""
    return await _log_in(call, login, password)


async def _log_in(call: Call, login: str, password: str) -> Token:
    user = await logins.log_in(call, login, password)
    token = await new_token(call)
    await call.context.open_session(USER_KIND, token, user, TOKEN_AGE_MAX)
    return token


async def get_my_user_v2(call: Call) -> UserV2:
    """Show the calling user."""
    return user_v2_from_fields(await call.account(call.caller.account_id))


async def get_my_user(call: Call) -> User:
    """Show the calling user in the form of the first version."""
    return user_from_fields(await call.account(call.caller.account_id))


async def update_my_user(call: Call, *, body: UserToUpdate) -> UserV2:
    """Update the name at once; a new login is pending until its mailed link is opened."""
    changes = user_to_update_to_changes(body)
    login = new_login(body)
    change = None if login is None else await login_change(call, login)
    return user_v2_from_fields(await call.update(call.caller.account_id, changes, login=change))


async def get_my_organizations(
    call: Call, *, autoRegister: Literal["true", "false"] | None = None
) -> OrganizationList:
    """Show the organizations of the calling user."""
    return organizations_of(await call.account(call.caller.account_id))


async def get_my_permissions(call: Call, *, orgId: str) -> OrganizationUserPermissions:
    """Show what the calling user may do in one of their organizations."""
    check_organization(await call.account(call.caller.account_id), orgId)
    return user_permissions()


async def get_my_employee(call: Call, *, boxId: str) -> Employee:
    """Show the calling user as an employee of the organization that has the box."""
    fields = await call.account(call.caller.account_id)
    check_box(fields, boxId)
    employee = employee_from_fields(fields)
    employee["Permissions"] = employee_permissions()
    employee["Position"] = POSITION
    employee["CanBeInvitedForChat"] = True
    return employee


async def get_my_certificates(call: Call, *, boxId: str) -> CertificateList:
    """Show the certificates of the calling user: the gateway knows of none."""
    check_box(await call.account(call.caller.account_id), boxId)
    return {"Certificates": []}


async def confirm_login(call: Call, *, token: str) -> Sentence:
    """Make the pending login of this token the user's login."""
    await call.confirm_login(token)
    return "Новый логин подтверждён"
