"""The demo data, loaded into the store of a test."""

from collections.abc import Mapping

from profilegate.admin import seed_files, seeds
from profilegate.admin.context import Admin
from profilegate.gateway.gateway import ProviderDescription
from profilegate.store import DEFAULT_NAMESPACE, Origin, Store


async def load_demo_data(store: Store, providers: Mapping[str, ProviderDescription]) -> None:
    """Load it as `profilegate serve --demo` does."""
    origin = Origin("seed", "", "request-of-the-seed")
    admin = Admin(store, providers, DEFAULT_NAMESPACE, origin, store.now)
    await seeds.load(admin, seed_files.demo_seed(providers))
