"""A process that updates a profile; ``python -m tests.store.updating URL KEY_FILE ACCOUNT PATH N``.

It waits for a line on its input before it begins, so that several begin at once; with a nonce in
place of N it sends one update that uses the nonce, and prints whether it was accepted.
"""

import asyncio
import sys
from pathlib import Path

from profilegate.errors import NonceNotIncreasingError
from profilegate.store import (
    AccountKey,
    CredentialKey,
    NonceUse,
    Origin,
    Update,
    accounts,
)
from profilegate.store.opening import open_store

PARTNER = CredentialKey("default", "kraken", "api-key", "partner")


async def main(url: str, key_file: str, external_id: str, path: str, count: str) -> None:
    """Count up in one field, one durable update after the other; or use a nonce."""
    store = open_store(url, key_file=Path(key_file), rules={})
    account = AccountKey("default", "kraken", external_id)
    print("ready", flush=True)
    sys.stdin.readline()
    if count.startswith("nonce:"):
        use = NonceUse(PARTNER, int(count.removeprefix("nonce:")))
        try:
            await store.write(accounts.update, Update(account, {path: 1}, nonce=use))
        except NonceNotIncreasingError:
            print("rejected")
        else:
            print("accepted")
    else:
        for number in range(1, int(count) + 1):
            origin = Origin("kraken", path, str(number))
            await store.write(accounts.update, Update(account, {path: number}, origin=origin))
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
