"""The double of one provider: its credentials and its users, in the provider's own words."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from profilegate.admin import seeds
from profilegate.admin.context import Admin
from profilegate.admin.validation import own_field_violations, reject_invalid, type_violations
from profilegate.errors import AccountUnknownError
from profilegate.gateway.provisioning import AccountPolicy
from profilegate.profile.fields import ACCOUNT_LOGIN, ACCOUNT_PREFIX
from profilegate.store import ANY_TENANT, AccountKey, accounts
from profilegate.testing.user_forms import UserForm
from profilegate.testing.users import CreatedUser, ReadyUser

if TYPE_CHECKING:
    from profilegate.testing.double import Profilegate

PASSWORD = "password"  # noqa: S105 - the same for all users, whose accounts are no secrets
"""The password of each user of a provider that has passwords."""

State = tuple[Mapping[str, str], ReadyUser]
"""The credentials and the ready user."""


class ProviderDouble:
    """
    One provider in a test's namespace.

    Its credentials are attributes, ``profilegate.machnet.client_id``; those of accounts are those
    of ``user``, which is ready. ``user(**fields)`` creates another user. Everything is created
    when a test first uses it.
    """

    def __init__(self, double: "Profilegate", name: str, *, tenant: str = seeds.TENANT) -> None:
        self._double = double
        self._name = name
        self._tenant = tenant
        self._form = UserForm.of(double.gateway.providers[name])
        self._credentials: Mapping[str, str] | None = None
        self._tenants: dict[str, ProviderDouble] = {}
        self.user = ReadyUser(self._create, self._show)

    def tenant(self, name: str) -> "ProviderDouble":
        """The same provider for another tenant, with credentials and users of its own."""
        if name not in self._tenants:
            self._tenants[name] = ProviderDouble(self._double, self._name, tenant=name)
        return self._tenants[name]

    def __getattr__(self, name: str) -> str:
        """
        A credential, by the name that the provider gives it.

        Raises:
            AttributeError: the provider has no such credential.
        """
        if name.startswith("_"):
            raise AttributeError(name)
        if name in (credentials := self._issued()):
            return credentials[name]
        if name in self._names("account"):
            return str(getattr(self.user, name))
        known = ", ".join([*credentials, *self._names("account")])
        raise AttributeError(f"{self._name} has no credential {name!r}; there are: {known}")

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._names("tenant", "nobody"), *self._names("account")]

    def ready(self) -> State:
        """Create the credentials and the ready user, if no test has used them yet."""
        self.user.key  # noqa: B018 - it is created by this use
        return self._issued(), self.user

    def become(self, state: State | None) -> None:
        """Have these credentials and this ready user; without them, forget the present ones."""
        new = ReadyUser(self._create, self._show)
        self._credentials, self.user = state or (None, new)

    # --- Credentials ----------------------------------------------------------------------

    @property
    def _policy(self) -> AccountPolicy:
        policy = self._form.provider.policy
        if policy is None:
            raise AttributeError(f"{self._name} has no accounts")
        return policy

    def _kinds(self, *holders: str) -> list[str]:
        return [each.kind for each in self._policy.issuers if each.holder in holders]

    def _names(self, *holders: str) -> list[str]:
        """The names of the credentials that such holders have."""
        kinds = self._kinds(*holders)
        names = [name for name, (kind, _) in self._form.rules.credentials.items() if kind in kinds]
        if "account" in holders and self._policy.password is not None:
            names += ["login", "password"]
        return names

    def _issued(self) -> Mapping[str, str]:
        """The credentials of the tenant, and of the client that has none."""
        if self._credentials is None:
            self._credentials = self._issue()
        return self._credentials

    def _issue(self) -> Mapping[str, str]:
        tenants = set(self._kinds("tenant"))
        wanted = tuple(
            seeds.SeedCredential(
                kind=kind, provider=self._name, tenant=self._tenant if kind in tenants else None
            )
            for kind in self._kinds("tenant", "nobody")
        )
        return self._named(self._load(seeds.Seed(credentials=wanted)))

    def _named(self, loaded: seeds.Loaded) -> dict[str, str]:
        """What was issued, by the provider's names or else by those under which it is sent."""
        shown = {
            (each.kind, name): value
            for each in loaded.credentials
            for name, value in each.shown.items()
        }
        words = self._form.rules.credentials
        found = {name: shown[place] for name, place in words.items() if place in shown}
        others = shown.keys() - words.values()
        return {**{_attribute(name): shown[kind, name] for kind, name in others}, **found}

    # --- Users ----------------------------------------------------------------------------

    def _create(self, body: Mapping[str, Any]) -> CreatedUser:
        return self._double.act(lambda admin: self._created(admin, body))

    async def _created(self, admin: Admin, body: Mapping[str, Any]) -> CreatedUser:
        policy = self._policy
        external_id, fields = self._form.to_fields(body, admin.now())
        if external_id is not None:
            await self._reject_existing(admin, external_id)
        own = {path: fields[path] for path in fields if path.startswith(ACCOUNT_PREFIX)}
        reject_invalid(
            [
                *type_violations(own, policy.field_types),
                *own_field_violations(self._form.provider, own),
            ]
        )
        account = seeds.SeedAccount(
            provider=self._name,
            id=external_id,
            tenant=self._tenant if policy.has_tenant else None,
            fields=own,
            credentials=tuple(seeds.SeedCredential(kind=kind) for kind in self._kinds("account")),
            password=None if policy.password is None else PASSWORD,
        )
        shared = {path: value for path, value in fields.items() if path not in own}
        person = seeds.SeedPerson(fields=shared, accounts=(account,))
        loaded = await seeds.load(admin, seeds.Seed(people=(person,)))
        [key] = loaded.accounts
        stored = await admin.store.read(accounts.fields_of, key, ANY_TENANT)
        credentials = self._named(loaded)
        if policy.password is not None:
            credentials |= {"login": stored[ACCOUNT_LOGIN], "password": PASSWORD}
        return CreatedUser(key, self._form.to_body(stored), credentials)

    async def _reject_existing(self, admin: Admin, external_id: str) -> None:
        """A seed leaves an account that exists as it is; a test that creates it twice is wrong."""
        key = admin.account_key(self._name, external_id)
        try:
            await admin.store.read(accounts.fields_of, key, ANY_TENANT)
        except AccountUnknownError:
            return
        raise ValueError(f"{self._name} has a user with this id already: {external_id}")

    def _show(self, key: AccountKey) -> Any:
        async def show(admin: Admin) -> Any:
            return self._form.to_body(await admin.store.read(accounts.fields_of, key, ANY_TENANT))

        return self._double.act(show)

    def _load(self, seed: seeds.Seed) -> seeds.Loaded:
        return self._double.act(lambda admin: seeds.load(admin, seed))


def _attribute(name: str) -> str:
    """The name of a header or a field as one of an attribute: ``X-Api-Key`` -> ``x_api_key``."""
    return name.lower().replace("-", "_")
