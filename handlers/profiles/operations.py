"""Admin API: the operations of specs/profiles.yaml, from the modules of their subjects."""

from .accounts import (
    create_account,
    find_account,
    link_account,
    list_accounts,
    set_password,
    unlink_account,
    update_account,
)
from .credentials import (
    create_credential,
    list_credentials,
    reset_nonce,
    revoke_credential,
    rotate_credential,
)
from .faults import add_fault, list_faults, remove_fault, remove_faults
from .history import get_profile_at, list_history, undo_change
from .journal import (
    clear_journal,
    explain_exchange,
    export_har,
    get_exchange,
    list_exchanges,
)
from .namespaces import (
    create_namespace,
    drop_namespace,
    get_namespace,
    list_namespaces,
    reset_namespace,
    restore_snapshot,
    set_clock,
    take_snapshot,
)
from .outbox import list_mails, retry_mails
from .profiles import (
    create_profile,
    erase_profile,
    get_profile,
    list_profiles,
    update_profile,
)
from .projections import dry_run, list_projections
from .transfer import export_profile, export_profiles, import_profiles

__all__ = [
    "add_fault",
    "clear_journal",
    "create_account",
    "create_credential",
    "create_namespace",
    "create_profile",
    "drop_namespace",
    "dry_run",
    "erase_profile",
    "explain_exchange",
    "export_har",
    "export_profile",
    "export_profiles",
    "find_account",
    "get_exchange",
    "get_namespace",
    "get_profile",
    "get_profile_at",
    "import_profiles",
    "link_account",
    "list_accounts",
    "list_credentials",
    "list_exchanges",
    "list_faults",
    "list_history",
    "list_mails",
    "list_namespaces",
    "list_profiles",
    "list_projections",
    "remove_fault",
    "remove_faults",
    "reset_namespace",
    "reset_nonce",
    "restore_snapshot",
    "retry_mails",
    "revoke_credential",
    "rotate_credential",
    "set_clock",
    "set_password",
    "take_snapshot",
    "undo_change",
    "unlink_account",
    "update_account",
    "update_profile",
]
