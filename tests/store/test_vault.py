"""The vault: the key in its file, and what is sealed with it."""

import base64
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profilegate.errors import MasterKeyError
from profilegate.store.master_key import create_master_key, read_master_keys
from profilegate.store.vault import KEY_SIZE_BYTES, Box, Vault, VaultKeys, new_root_key

KEY = bytes(range(KEY_SIZE_BYTES))
KEYS = VaultKeys.of_master_key(KEY)
PLACE = ("profiles", "default", "7")


@pytest.fixture
def file(tmp_path):
    """Where the master key lies."""
    return tmp_path / "keys" / "master.key"


def made_key(file):
    """Create the key file, unless it exists, and read it."""
    create_master_key(file)
    (key,) = read_master_keys(file)
    return key


# --- The master key's file ---------------------------------------------------------------


def test_a_master_key_is_made_once(file):
    """
    The first start makes the key; every later one reads the same.
    """
    assert made_key(file) == made_key(file)
    assert read_master_keys(file)[0] == made_key(file)


def test_a_made_key_is_for_its_owner_alone(file):
    """
    The file has mode 0600, holds the base64 of 32 bytes, and nothing else lies beside it.
    """
    before = os.umask(0)
    try:
        key = made_key(file)
    finally:
        os.umask(before)

    assert 0o600 == file.stat().st_mode & 0o777
    assert key == base64.b64decode(file.read_text())
    assert KEY_SIZE_BYTES == len(key)
    assert [file] == list(file.parent.iterdir())


def test_two_made_keys_differ(file):
    """
    A key is random.
    """
    assert made_key(file) != made_key(file.with_name("other.key"))


def test_of_two_who_make_a_key_at_once_the_first_wins(file, monkeypatch):
    """
    The second process drops its own key and reads the one that exists.
    """
    sync = os.fsync
    keys = []

    def meanwhile(descriptor):
        monkeypatch.setattr(os, "fsync", sync)
        keys.append(made_key(file))
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", meanwhile)

    assert [made_key(file)] == keys
    assert [file] == list(file.parent.iterdir())


def test_a_missing_key_is_not_made_unasked(file):
    """
    Where a store is sealed already, a missing key is an error, not an occasion.
    """
    with pytest.raises(MasterKeyError, match="restore it from your backup"):
        read_master_keys(file)[0]

    assert not file.exists()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_key_that_is_open_to_others_is_rejected(file, mode):
    """
    Whatever others may do with the file, the error tells the command that ends it.
    """
    made_key(file)
    file.chmod(mode)

    with pytest.raises(MasterKeyError, match=f"chmod 600 {file}"):
        made_key(file)


@pytest.mark.parametrize(
    "text",
    {
        "nothing": "",
        "too short": base64.b64encode(KEY[1:]).decode(),
        "too long": base64.b64encode(KEY + b"\0").decode(),
        "no base64": "not a key! not a key! not a key! not a key!",
        "cut": base64.b64encode(KEY).decode()[:-2],
    }.items(),
    ids=lambda case: case[0],
)
def test_what_is_no_key_is_rejected(file, text):
    """
    A file that does not hold the base64 of 32 bytes is never used, nor written over.
    """
    file.parent.mkdir()
    file.write_text(text[1])
    file.chmod(0o600)

    with pytest.raises(MasterKeyError, match="does not hold a master key"):
        made_key(file)

    assert text[1] == file.read_text()


def test_a_key_that_cannot_be_read_is_rejected(file):
    """
    The reason is in the error's sentence.
    """
    file.mkdir(parents=True)

    with pytest.raises(MasterKeyError, match="cannot be read"):
        made_key(file)


def test_a_key_that_cannot_be_made_is_rejected(file):
    """
    The reason is in the error's sentence.
    """
    file.parent.write_text("a file where the folder should be")

    with pytest.raises(MasterKeyError, match="cannot be written"):
        made_key(file)


# --- Boxes -------------------------------------------------------------------------------


@given(plain=st.binary(), place=st.lists(st.text(), min_size=1))
def test_what_was_sealed_opens_at_its_place(plain, place):
    """
    Opening gives back the very bytes.
    """
    box = Box(KEY)

    assert plain == box.open(box.seal(plain, *place), *place)


@given(place=st.lists(st.text(), min_size=1), other=st.lists(st.text(), min_size=1))
def test_what_was_sealed_opens_nowhere_else(place, other):
    """
    Another table, namespace or row, also one that only looks alike when written in one line, is
    another place.
    """
    box = Box(KEY)
    sealed = box.seal(b"plain", *place)

    if place != other:
        with pytest.raises(MasterKeyError):
            box.open(sealed, *other)


@given(position=st.integers(min_value=0, max_value=33), bit=st.integers(min_value=0, max_value=7))
def test_a_changed_bit_is_noticed(position, bit):
    """
    Format, nonce, text and tag: no bit of a sealed value can change unseen.
    """
    box = Box(KEY)
    sealed = bytearray(box.seal(b"plain", *PLACE))
    sealed[position] ^= 1 << bit

    assert 34 == len(sealed)
    with pytest.raises(MasterKeyError, match="a sealed value in profiles does not open"):
        box.open(bytes(sealed), *PLACE)


@pytest.mark.parametrize("length", [0, 1, 12, 13, 28])
def test_a_cut_value_is_noticed(length):
    """
    What is too short to be a sealed value is as damaged as any other.
    """
    box = Box(KEY)

    with pytest.raises(MasterKeyError):
        box.open(box.seal(b"", *PLACE)[:length], *PLACE)


def test_the_same_value_never_looks_the_same():
    """
    Equal values cannot be told by their sealed bytes.
    """
    box = Box(KEY)

    assert 100 == len({box.seal(b"plain", *PLACE) for _ in range(100)})


# --- The vault ---------------------------------------------------------------------------


def test_a_wrapped_key_opens_what_its_key_sealed():
    """
    A profile's key survives in wrapped form, and only for its profile.
    """
    vault = Vault(KEYS)
    box, wrapped = vault.new_key(*PLACE)
    sealed = box.seal(b"plain", *PLACE)

    assert b"plain" == Vault(KEYS).unwrap(wrapped, *PLACE).open(sealed, *PLACE)
    with pytest.raises(MasterKeyError):
        vault.unwrap(wrapped, "profiles", "default", "8")


def test_without_its_wrapped_key_nothing_opens():
    """
    A profile's values open with its own key only, not with the master key nor another's.
    """
    vault = Vault(KEYS)
    sealed = vault.new_key(*PLACE)[0].seal(b"plain", *PLACE)

    for box in (vault.box, vault.new_key(*PLACE)[0], Box(KEY)):
        with pytest.raises(MasterKeyError):
            box.open(sealed, *PLACE)


def test_a_value_tells_whether_the_present_root_key_sealed_it():
    """
    A rotation seals anew what an older root key sealed, and nothing twice.
    """
    vault = Vault(KEYS)
    older = vault.new_key(*PLACE)[1], vault.box.seal(b"plain", *PLACE)
    rotated = Vault(VaultKeys(KEYS.digest, {**KEYS.roots, 2: new_root_key()}))
    newer = rotated.rewrap(older[0], *PLACE), rotated.box.seal(b"plain", *PLACE)

    assert [True, True] == [vault.is_present(sealed) for sealed in older]
    assert [False, False] == [rotated.is_present(sealed) for sealed in older]
    assert [True, True] == [rotated.is_present(sealed) for sealed in newer]


def test_another_master_key_opens_and_finds_nothing():
    """
    Boxes, wrapped keys and digests all hang on the master key.
    """
    vault, other = Vault(KEYS), Vault(VaultKeys.of_master_key(bytes(KEY_SIZE_BYTES)))

    with pytest.raises(MasterKeyError):
        other.box.open(vault.box.seal(b"", *PLACE), *PLACE)
    with pytest.raises(MasterKeyError):
        other.unwrap(vault.new_key(*PLACE)[1], *PLACE)
    assert vault.digest("login") != other.digest("login")


@given(one=st.lists(st.text()), other=st.lists(st.text()))
def test_digests_are_equal_for_equal_parts_only(one, other):
    """
    A digest is the same each time, and parts do not run into one another.
    """
    vault = Vault(KEYS)

    assert (one == other) == (vault.digest(*one) == vault.digest(*other))
    assert vault.digest("ab", "c") != vault.digest("a", "bc")


def test_a_lone_surrogate_has_a_digest():
    """
    Text that cannot be UTF-8 is looked up and not found, like any other.
    """
    assert 32 == len(Vault(KEYS).digest("\ud800"))


def test_the_format_does_not_change():
    """
    What was sealed and looked up by an earlier version stays within reach.
    """
    sealed = base64.b64decode("AWqX2dlBB0wETsz8DryWzgqB5JMg7Fqq2e6igJbjkyfGBg==")

    assert b"plain" == Vault(KEYS).box.open(sealed, *PLACE)
    assert (
        "837484c702408dcb7cea5fea7838e91c5ceacc5fdc0ec4bcf8ef67e602888c37"
        == Vault(KEYS).digest("logins", "default", "zoë").hex()
    )
