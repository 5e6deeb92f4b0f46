"""The health of a store, on both backends: what a running process makes of others' changes."""

import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from profilegate.errors import MasterKeyError, StoreUnavailableError
from profilegate.store import ANY_TENANT, Store, Update, accounts, vault
from profilegate.store.master_key import new_master_key, read_master_keys, write_master_keys
from tests.raw_database import RawDatabase
from tests.store.people import KAI, VERA, create, read, run, write

SET_VERSION = {
    "sqlite": "PRAGMA user_version = {}",
    "postgresql": "UPDATE meta SET value = '{}' WHERE name = 'version'",
}


@pytest.mark.parametrize(
    ("version", "is_wrong"), [(1000, False), (0, True)], ids=["newer", "older"]
)
def test_only_an_older_database_is_wrong_for_a_running_process(
    store: Store, raw: RawDatabase, database: str, version: int, is_wrong: bool
) -> None:
    """
    A rolling update migrates the database under gateways that still serve: they are ready on.
    """
    raw.run(SET_VERSION[database.partition(":")[0]].format(version))

    assert is_wrong == bool(run(store.health())["migrations"])


def test_an_old_key_file_makes_a_store_unavailable_until_the_new_one_comes(
    open_store: Callable[[], Store],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """
    A gateway with a copy of its own of the key file cannot know a new key: it says so, once in the
    log, and goes on when the file is there, without a restart.
    """
    monkeypatch.setattr(vault, "RELOAD_EVERY_SECONDS", 0.0)
    gateway, command, file = open_store(), open_store(), tmp_path / "master.key"
    create(gateway, KAI, {"name.given": "Kai"})
    old = read_master_keys(file)
    run(command.rotate_master_key(lambda _, __: None))
    create(command, VERA, {"name.given": "Vera"})
    new = read_master_keys(file)
    write_master_keys(file, old)
    caplog.set_level(logging.ERROR)

    with pytest.raises(StoreUnavailableError, match="the master key was rotated"):
        read(gateway, accounts.fields_of, VERA, ANY_TENANT)
    with pytest.raises(StoreUnavailableError, match="the master key was rotated"):
        write(gateway, accounts.update, Update(KAI, {"phone": "+1"}))
    health = run(gateway.health())
    logged = [line for line in caplog.messages if "PROFILEGATE_KEY_FILE" in line]
    write_master_keys(file, new)
    write(gateway, accounts.update, Update(KAI, {"phone": "+1"}))

    assert ("", True) == (health["database"], bool(health["key"]))
    assert 1 == len(logged)
    assert "Vera" == read(gateway, accounts.fields_of, VERA, ANY_TENANT)["name.given"]
    assert "" == run(gateway.health())["key"]


def test_a_gateway_that_has_both_keys_serves_through_a_rotation(
    open_store: Callable[[], Store], tmp_path: Path
) -> None:
    """
    Where each gateway has a copy of its own, all get the new key above the old one beforehand.
    """
    gateway, command, file = open_store(), open_store(), tmp_path / "master.key"
    create(gateway, KAI, {"name.given": "Kai"})
    both = [new_master_key(), *read_master_keys(file)]
    write_master_keys(file, both)
    run(command.rotate_master_key(lambda _, __: None))
    create(command, VERA, {"name.given": "Vera"})
    write_master_keys(file, both)
    write(gateway, accounts.update, Update(KAI, {"phone": "+1"}))

    assert "Vera" == read(gateway, accounts.fields_of, VERA, ANY_TENANT)["name.given"]
    assert {""} == set(run(gateway.health()).values())


def test_an_old_key_file_is_read_once_a_second() -> None:
    """
    A read of the keys blocks: requests do not repeat it as long as it cannot help.
    """
    reads: list[int] = []

    def reload() -> vault.VaultKeys:
        reads.append(1)
        raise MasterKeyError("it does not open")

    stale = vault.Vault(vault.VaultKeys.random(), reload)
    for _ in range(3):
        with pytest.raises(StoreUnavailableError):
            stale.expect(2)

    assert 1 == len(reads)
