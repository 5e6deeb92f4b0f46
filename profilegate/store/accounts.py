"""Accounts: reads, creates and updates them, previews updates, confirms logins."""

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from profilegate.errors import (
    AccountExistsError,
    AccountUnknownError,
    FieldsLockedError,
    ReferenceTakenError,
    RequirementUnmetError,
)
from profilegate.profile.decision import Decision, decide
from profilegate.profile.fields import (
    ACCOUNT_CREATED_AT,
    ACCOUNT_ID,
    ACCOUNT_LOGIN,
    ACCOUNT_PARENT,
    ACCOUNT_PREFIX,
    Changes,
    Fields,
)
from profilegate.profile.text_forms import reject_unfit
from profilegate.store import history, logins, nonces, outbox, rows
from profilegate.store.locks import decide_update
from profilegate.store.profiles import shared_of
from profilegate.store.records import (
    ANY_TENANT,
    AccountKey,
    AccountRecord,
    NewAccount,
    NonceUse,
    Origin,
    Preview,
    ProfileRecord,
    Tenant,
    Update,
)
from profilegate.store.session import Session, locks, one_statement


@one_statement
def fields_of(session: Session, key: AccountKey, tenant: Tenant = None) -> Fields:
    """
    The fields that an account's provider may see: the shared ones and the account's own.

    Raises:
        AccountUnknownError: there is no such account, or it belongs to another tenant.
    """
    profile, account = _find(session, key, tenant)
    return {**profile.fields, **account.fields}


def fields_of_children(
    session: Session, key: AccountKey, tenant: Tenant = None, *, limit: int
) -> list[Fields]:
    """
    The fields of the accounts that belong to an account, each as ``fields_of`` gives them.

    They are the oldest ones, oldest first.

    Raises:
        AccountUnknownError: there is no such account, or it belongs to another tenant.
    """
    _, parent = _find(session, key, tenant)
    children = [
        (profile, account)
        for profile in rows.find_of_children(session, key, limit=limit)
        for account in profile.accounts
        if account.tenant == parent.tenant
        and (account.key.provider, account.fields.get(ACCOUNT_PARENT)) == key[1:]
    ]
    children.sort(key=lambda child: (child[1].fields.get(ACCOUNT_CREATED_AT, ""), child[1].digest))
    # A profile may have another, younger child.
    return [{**profile.fields, **account.fields} for profile, account in children[:limit]]


def _keys_of(update: Update, *_: object) -> Iterator[AccountKey | NonceUse]:
    """The rows that an update changes."""
    yield update.account
    if update.nonce is not None:
        yield update.nonce


@locks(_keys_of)
def update(session: Session, update: Update) -> Fields:
    """
    Apply an update and return the fields after it, as ``fields_of`` does.

    If several errors apply, the first one of this list is raised.

    Raises (nothing is written then):
        AccountUnknownError: there is no such account, or it belongs to another tenant.
        NonceNotIncreasingError: the nonce is not larger than the credential's last one, or the
            credential does not exist any more.
        RequirementUnmetError: the account does not satisfy ``requires``.
        InvalidFieldsError: a text has not the form that ``forms`` ask for.
        FieldsLockedError: a locked field would get a new value (the locks of *every* account of
            the profile apply).
        LoginTakenError: another account of this provider has the login.
        MailLimitExceededError: too many mails went to the new login, or came from the account.
    """
    accepted = None if update.nonce is None else nonces.start(session, update.nonce)
    profile, account = _find(session, update.account, update.tenant)
    if accepted is not None:
        accepted()
    _check_requirements(profile, account, update)
    if update.forms:
        reject_unfit(update.forms, {**profile.fields, **account.fields}, update.changes)
    decision = decide_update(session, profile, account, update.changes)
    if update.login is not None and logins.is_change(account, update.login.login):
        logins.request(session, profile.head, account, update.login)
        outbox.put(session, profile.head, account, update.login.mail)
    if decision.changed:
        origin = update.origin or own_origin(update.account)
        rows.save(session, profile, decision, origin, account=account)
    return decision.fields


@locks(_keys_of)
def update_by(session: Session, draft: Update, to_changes: Callable[[Fields], Changes]) -> Fields:
    """
    Apply an update whose changes depend on the present fields: both in one transaction.

    ``draft`` is the update without its changes.

    Raises: as ``update``.
    """
    present = fields_of(session, draft.account, draft.tenant)
    return update(session, replace(draft, changes=to_changes(present)))


def preview(session: Session, update: Update, *, login: str | None = None) -> Preview:
    """
    What ``update``, with a new login, would do; it writes nothing, uses no nonce, and lists locked
    paths.

    Raises:
        AccountUnknownError, RequirementUnmetError, InvalidFieldsError, LoginTakenError,
            MailLimitExceededError: as ``update``.
    """
    profile, account = _find(session, update.account, update.tenant)
    _check_requirements(profile, account, update)
    if update.forms:
        reject_unfit(update.forms, {**profile.fields, **account.fields}, update.changes)
    try:
        decision = decide_update(session, profile, account, update.changes)
    except FieldsLockedError as error:
        return Preview({**profile.fields, **account.fields}, {}, tuple(error.paths), error.reason)
    if login is not None and logins.is_change(account, login):
        logins.reject_taken(session, account, login)
        outbox.reject_too_many(session, profile.head, account, login)
    return Preview(decision.fields, decision.changed, ())


def confirm_login(
    session: Session, namespace: str, provider: str, token: str, *, origin: Origin | None = None
) -> Fields:
    """
    Make a pending login the account's login (``account.login``) and use up its token.

    A mailed link does not identify a caller: unless ``origin`` names one, the history records the
    account itself.

    Raises (nothing is written then):
        LoginLinkUnknownError: no mail ever contained this token.
        LoginLinkInvalidError: the token is used, replaced or expired.
    """
    profile, account, login = logins.confirm(session, namespace, provider, token)
    # The link overrides the lock on a login, so decide without locks.
    decision = decide({**profile.fields, **account.fields}, {ACCOUNT_LOGIN: login})
    if decision.changed:
        if origin is None or not origin.who:
            origin = own_origin(account.key, origin)
        rows.save(session, profile, decision, origin, account=account)
    return decision.fields


def create(session: Session, new: NewAccount) -> Fields:
    """
    Create an account, and its profile unless it joins an existing one.

    Return the fields after it, as ``fields_of`` does. If the account exists already, change
    nothing, unless ``must_be_new``.

    Raises (nothing is written then):
        AccountExistsError: the account exists already, and ``must_be_new``.
        AccountUnknownError: there is no account ``profile_of`` in this namespace.
        ProfileUnknownError: there is no profile ``profile_id`` in this namespace.
        NonceNotIncreasingError: the nonce is not larger than the credential's last one.
        FieldsLockedError: a locked field of the joined profile would get a new value.
        LoginTakenError: another account of this provider has the login.
        ReferenceTakenError: another account of this tenant has the reference.
    """
    if exists(session, new.account):
        if new.must_be_new:
            raise AccountExistsError
        return fields_of(session, new.account, ANY_TENANT)
    if new.nonce is not None:
        nonces.use(session, new.nonce)
    profile, decision = _profile_for(session, new)
    account = insert(session, profile, new)
    origin = new.origin or own_origin(new.account)
    moved = history.gained(account.fields)
    rows.save(session, profile, decision, origin, account=account, moved=moved)
    if (login := account.fields.get(ACCOUNT_LOGIN)) is not None:
        logins.claim(session, account, login)
    return {**decision.fields, **account.fields}


def insert(session: Session, profile: ProfileRecord, new: NewAccount) -> AccountRecord:
    """
    Write the row of a new account.

    Raises:
        ReferenceTakenError: another account of this tenant has the reference.
    """
    namespace, provider, external_id = new.account
    own = {path: value for path, value in new.fields.items() if path.startswith(ACCOUNT_PREFIX)}
    own.pop(ACCOUNT_ID, None)
    account = AccountRecord(
        key=new.account,
        digest=session.vault.account_digest(new.account),
        tenant=new.tenant,
        reference=new.reference,
        fields={ACCOUNT_ID: external_id, **own},
    )
    reference = _reference_digest(session, new)
    if reference is not None and session.row(
        "SELECT 1 FROM accounts WHERE reference_digest = :reference", reference=reference
    ):
        raise ReferenceTakenError
    session.run(
        "INSERT INTO accounts"
        " (namespace, provider, digest, profile_id, reference_digest, sealed, parent, created_at)"
        " VALUES (:namespace, :provider, :digest, :profile_id, :reference, :sealed, :parent,"
        " :created_at)",
        namespace=namespace,
        provider=provider,
        digest=account.digest,
        profile_id=profile.id,
        reference=reference,
        sealed=rows.seal_account(profile.head, account),
        parent=rows.parent_digest(session, account),
        created_at=account.fields.get(ACCOUNT_CREATED_AT),
    )
    return account


def exists(session: Session, key: AccountKey) -> bool:
    """Whether there is such an account."""
    found = session.row(
        "SELECT 1 FROM accounts"
        " WHERE namespace = :namespace AND provider = :provider AND digest = :digest",
        namespace=key.namespace,
        provider=key.provider,
        digest=session.vault.account_digest(key),
    )
    return found is not None


def own_origin(account: AccountKey, origin: Origin | None = None) -> Origin:
    """The origin of a change that an account makes through its own provider's API."""
    request_id = origin.request_id if origin else ""
    return Origin(account.provider, account.external_id, request_id)


def _find(session: Session, key: AccountKey, tenant: Tenant) -> tuple[ProfileRecord, AccountRecord]:
    """
    An account and its profile.

    Raises:
        AccountUnknownError: there is no such account, or it belongs to another tenant.
    """
    profile = rows.find_of(session, key)
    account = profile.account(key)
    # A caller without a tenant (None) reaches only accounts without a tenant.
    if tenant is not ANY_TENANT and tenant != account.tenant:
        raise AccountUnknownError
    return profile, account


def _profile_for(session: Session, new: NewAccount) -> tuple[ProfileRecord, Decision]:
    """The profile that a new account gets or joins, and what the account does to its fields."""
    namespace, shared = new.account.namespace, shared_of(new.fields)
    if new.profile_of is not None:
        if new.profile_of.namespace != namespace:
            raise AccountUnknownError
        profile = rows.find_of(session, new.profile_of)
    elif new.profile_id is not None:
        profile = rows.find(session, namespace, new.profile_id)
    else:
        return rows.insert(session, namespace), decide({}, shared, new_id=session.new_id)
    return profile, decide_update(session, profile, None, shared)


def _reference_digest(session: Session, new: NewAccount) -> bytes | None:
    if new.reference is None:
        return None
    namespace, provider, _ = new.account
    return session.vault.digest("references", namespace, provider, new.tenant or "", new.reference)


def _check_requirements(profile: ProfileRecord, account: AccountRecord, update: Update) -> None:
    """
    Check that the account has the fields that an update requires.

    Raises:
        RequirementUnmetError: it lacks one.
    """
    for path, wanted in update.requires:
        value = account.fields.get(path, profile.fields.get(path))
        if not (wanted in value if isinstance(value, list) else value == wanted):
            raise RequirementUnmetError(path, wanted)
