"""The durable store of profiles.

Guarantees, each tested on every backend:

- **Atomic.** An update is written completely or not at all; a rejected update writes nothing.
- **Durable before the response.** When a call that writes returns, the change survives
  ``kill -9`` and a power cut.
- **Serial.** The store applies the updates of one profile one after another, each to the result of
  the previous one; no update is lost.
- **Encrypted.** Personal data is sealed, that is encrypted at rest, under a key of its profile,
  which the master key wraps. Keyed digests find accounts, logins and credentials. Only namespaces,
  providers, states and times are readable.
- **Separate namespaces.** Every call works on one namespace.
- **Separate tenants.** A caller reaches only accounts of its own tenant; a caller without a tenant
  reaches only accounts without one.
- **History.** Every change of a profile, its creation included, writes one event in the same
  transaction: who, through which channel, when, from what to what. A chain of hashes reveals an
  event that was changed, moved or removed.
- **Erasure.** Erasing a profile overwrites its key: no table, file or log can restore its data.
  The events stay as ciphertext, with their hashes.

``Store`` (``store.py``) runs the functions of the repositories (``accounts``, ``profiles``,
``credentials``, ``faults``, ``history``, ``linking``, ``lockouts``, ``logins``, ``outbox``,
``erasure``, ``transfer``), each as one transaction. A repository's function takes a ``Session``
first. ``sqlite/`` is a backend.
"""

from profilegate.store.records import (
    ANY_TENANT,
    DEFAULT_NAMESPACE,
    AccountKey,
    AccountRecord,
    Audit,
    Backup,
    Break,
    Credential,
    CredentialInfo,
    CredentialKey,
    Damage,
    Event,
    ExportPage,
    LoginChange,
    Mail,
    NewAccount,
    NonceUse,
    Origin,
    OutgoingMail,
    Preview,
    ProfilePage,
    ProfileRecord,
    Rotation,
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
    "Backup",
    "Break",
    "Credential",
    "CredentialInfo",
    "CredentialKey",
    "Damage",
    "Event",
    "ExportPage",
    "LoginChange",
    "Mail",
    "NewAccount",
    "NonceUse",
    "Origin",
    "OutgoingMail",
    "Preview",
    "ProfilePage",
    "ProfileRecord",
    "Rotation",
    "Session",
    "Store",
    "Tenant",
    "Update",
]
