"""The durable store of profiles.

Promises, each tested on every backend:

- **All or nothing.** An update happens completely or not at all; a rejected one leaves no trace.
- **Durable before the response.** When a call that writes returns, the change survives
  ``kill -9`` and a power cut.
- **One at a time.** Updates of one profile are decided one after another, each on the
  result of the one before; none is lost.
- **Sealed.** What is personal is encrypted at rest under a key of its profile, which the master
  key wraps. Accounts, logins and credentials are found through keyed digests. Only namespaces,
  providers, states and times are readable.
- **Namespaces never meet.** Every call is about one namespace.
- **Tenants never meet.** A caller reaches only accounts of its own tenant; a caller without a
  tenant only those that belong to none.
- **History.** Every change of a profile, its creation first, leaves one event in the same
  transaction: who, through which channel, when, from what to what. Events are chained by their
  hashes, so an event that was changed, moved or removed is found.
- **Erased is erased.** The key of an erased profile is overwritten; no table, file or log can
  give its data back. Only the hashes of its history stay.

``Store`` (``store.py``) runs the functions of the repositories (``accounts``, ``profiles``,
``credentials``, ``history``, ``linking``, ``logins``, ``outbox``, ``erasure``, ``transfer``), each
as one transaction. A repository's function takes a ``Session`` first. ``sqlite/`` is a backend.
"""

from profilegate.store.records import (
    ANY_TENANT,
    DEFAULT_NAMESPACE,
    AccountKey,
    AccountRecord,
    Audit,
    Break,
    Credential,
    CredentialInfo,
    CredentialKey,
    Event,
    LoginChange,
    Mail,
    NewAccount,
    NonceUse,
    Origin,
    OutgoingMail,
    Preview,
    ProfileRecord,
    Tenant,
    Update,
)
from profilegate.store.session import Session
from profilegate.store.store import Store

__all__ = [
    "ANY_TENANT",
    "DEFAULT_NAMESPACE",
    "AccountKey",
    "AccountRecord",
    "Audit",
    "Break",
    "Credential",
    "CredentialInfo",
    "CredentialKey",
    "Event",
    "LoginChange",
    "Mail",
    "NewAccount",
    "NonceUse",
    "Origin",
    "OutgoingMail",
    "Preview",
    "ProfileRecord",
    "Session",
    "Store",
    "Tenant",
    "Update",
]
