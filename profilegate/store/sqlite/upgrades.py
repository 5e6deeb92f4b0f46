"""Steps of a migration that need the master key, which SQL alone cannot do."""

from datetime import UTC, datetime
from sqlite3 import Connection

from msgspec.structs import replace

from profilegate.profile.decision import restore
from profilegate.profile.fields import ACCOUNT_ID
from profilegate.store import credentials, history, logins, outbox
from profilegate.store.encoding import decode
from profilegate.store.history import GENESIS_HASH
from profilegate.store.records import AccountKey, AccountRecord, ChainHead, Origin
from profilegate.store.rows import find, save, seal_account
from profilegate.store.sqlite.session import SqliteSession
from profilegate.store.vault import WRAPPED_KEY_SIZE_BYTES, Box, Vault


def carry_over_identities(connection: Connection, vault: Vault) -> None:
    """Fill the tables of migration 6, which hold digests instead of external ids and tenants."""
    _carry_over_keys(connection)
    boxes = _Boxes(connection, vault)
    _carry_over_accounts(connection, vault, boxes)
    _carry_over_logins(connection, vault, boxes)
    _carry_over_credentials(connection, vault, boxes)
    _carry_over_outbox(connection, boxes)


class _Boxes:
    """The keys of profiles, by profile and by account."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def of_profile(self, namespace: str, profile_id: str) -> Box:
        (wrapped,) = self._connection.execute(
            "SELECT wrapped_key FROM profiles WHERE id = ?", (profile_id,)
        ).fetchone()
        return self._vault.unwrap(wrapped, "profiles", namespace, profile_id)

    def of_account(self, key: AccountKey) -> Box | None:
        found = self._connection.execute(
            "SELECT profile_id FROM accounts"
            " WHERE namespace = ? AND provider = ? AND external_id = ?",
            key,
        ).fetchone()
        return None if found is None else self.of_profile(key.namespace, found[0])


def _carry_over_keys(connection: Connection) -> None:
    rows = connection.execute("SELECT id, wrapped_key FROM profiles ORDER BY id").fetchall()
    for profile_id, wrapped in rows:
        cursor = connection.execute(
            "INSERT INTO profile_keys (wrapped) VALUES (?)",
            (wrapped or bytes(WRAPPED_KEY_SIZE_BYTES),),
        )
        connection.execute(
            "UPDATE profiles SET key_id = ? WHERE id = ?", (cursor.lastrowid, profile_id)
        )


def _carry_over_accounts(connection: Connection, vault: Vault, boxes: _Boxes) -> None:
    rows = connection.execute(
        "SELECT namespace, provider, external_id, profile_id, tenant, sealed, reference_digest"
        " FROM accounts"
    ).fetchall()
    for namespace, provider, external_id, profile_id, tenant, sealed, reference_digest in rows:
        key = AccountKey(namespace, provider, external_id)
        box = boxes.of_profile(namespace, profile_id)
        own = decode(box.open(sealed, "accounts", *key))
        reference = None
        for value in own.values():
            # Version 5 kept only the digest of a reference: find the field that has this digest.
            parts = ("references", namespace, provider, tenant or "")
            if isinstance(value, str) and vault.digest(*parts, value) == reference_digest:
                reference = value
        account = AccountRecord(
            key=key,
            digest=vault.account_digest(key),
            tenant=tenant,
            reference=reference,
            fields={ACCOUNT_ID: external_id, **own},
        )
        head = ChainHead(namespace, profile_id, box, 0, GENESIS_HASH)
        connection.execute(
            "INSERT INTO new_accounts (namespace, provider, digest, profile_id,"
            " reference_digest, sealed) VALUES (?, ?, ?, ?, ?, ?)",
            (
                namespace,
                provider,
                account.digest,
                profile_id,
                reference_digest,
                seal_account(head, account),
            ),
        )


def _carry_over_logins(connection: Connection, vault: Vault, boxes: _Boxes) -> None:
    rows = connection.execute(
        "SELECT namespace, provider, external_id, digest, state FROM logins"
    ).fetchall()
    for namespace, provider, external_id, digest, state in rows:
        account = vault.account_digest(AccountKey(namespace, provider, external_id))
        connection.execute(
            "INSERT INTO new_logins (namespace, provider, account, digest, state)"
            " VALUES (?, ?, ?, ?, ?)",
            (namespace, provider, account, digest, state),
        )
    rows = connection.execute(
        "SELECT namespace, provider, external_id, token_digest, sealed, expires_at, state"
        " FROM pending_logins"
    ).fetchall()
    for namespace, provider, external_id, token_digest, sealed, expires_at, state in rows:
        key = AccountKey(namespace, provider, external_id)
        account, box = vault.account_digest(key), boxes.of_account(key)
        assert box is not None  # noqa: S101 (a foreign key held it)
        plain = box.open(sealed, "pending_logins", *key, token_digest.hex())
        place = logins.place(namespace, provider, account, token_digest)
        connection.execute(
            "INSERT INTO new_pending_logins (namespace, provider, account, token_digest, sealed,"
            " expires_at, state) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                namespace,
                provider,
                account,
                token_digest,
                box.seal(plain, *place),
                expires_at,
                state,
            ),
        )


def _carry_over_credentials(connection: Connection, vault: Vault, boxes: _Boxes) -> None:
    rows = connection.execute(
        "SELECT namespace, provider, kind, digest, tenant, external_id, sealed, nonce,"
        " created_at, expires_at FROM credentials"
    ).fetchall()
    for row in rows:
        namespace, provider, kind, digest, tenant, external_id, sealed, nonce = row[:8]
        created_at, expires_at = row[8:]
        place = credentials.place(namespace, provider, kind, digest)
        secret = None if sealed is None else vault.box.open(sealed, *place)
        box, account = vault.box, None
        if external_id is not None:
            key = AccountKey(namespace, provider, external_id)
            found = boxes.of_account(key)
            if found is None:
                # The account does not exist, so this credential could not authenticate anything.
                continue
            box, account = found, vault.account_digest(key)
        connection.execute(
            "INSERT INTO new_credentials (namespace, provider, kind, digest, id, account, sealed,"
            " nonce, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                namespace,
                provider,
                kind,
                digest,
                credentials.id_of(digest),
                account,
                box.seal(credentials.plain_of(tenant, secret), *place),
                nonce,
                created_at or "",
                expires_at,
            ),
        )


def _carry_over_outbox(connection: Connection, boxes: _Boxes) -> None:
    rows = connection.execute(
        "SELECT id, namespace, profile_id, sealed, created_at, sent_at, attempts FROM outbox"
    ).fetchall()
    for number, namespace, profile_id, sealed, created_at, sent_at, attempts in rows:
        box = boxes.of_profile(namespace, profile_id)
        mail_id = outbox.new_id()
        plain = box.open(sealed, "outbox", namespace, str(number))
        connection.execute(
            "INSERT INTO new_outbox (id, namespace, profile_id, sealed, created_at, sent_at,"
            " attempts, next_attempt_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                mail_id,
                namespace,
                profile_id,
                box.seal(plain, *outbox.place(namespace, mail_id)),
                created_at,
                sent_at,
                attempts,
                # Retry mails that were given up: the old limit counted outages too.
                None if sent_at else created_at,
            ),
        )


def begin_histories(connection: Connection, vault: Vault) -> None:
    """Record the fields of profiles without histories as their first events."""
    session = SqliteSession(connection, vault, {}, datetime.now(UTC))
    origin = Origin("migration", "", "")
    for namespace, profile_id in connection.execute(
        "SELECT namespace, id FROM profiles WHERE erased_at IS NULL"
    ).fetchall():
        profile = find(session, namespace, profile_id)
        head = replace(profile.head, version=0, hash=GENESIS_HASH)
        save(session, replace(profile, head=head, fields={}), restore({}, profile.fields), origin)
        for account in profile.accounts:
            profile = find(session, namespace, profile_id)
            moved = history.gained(account.fields)
            save(session, profile, restore({}, {}), origin, account=account, moved=moved)
