"""Users of a provider's double: each shows what the provider shows, and has its credentials."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from profilegate.store import AccountKey


@dataclass(frozen=True, slots=True)
class CreatedUser:
    """What was created: the account, its representation, and its credentials by their names."""

    key: AccountKey
    body: Mapping[str, Any]
    credentials: Mapping[str, str] = field(default_factory=dict)


class User(Mapping[str, Any]):
    """
    A user in the provider's own representation, as it was created: ``user["first_name"]``.

    ``id`` is the provider's id; credentials of the account are attributes, ``user.login`` and
    ``user.password`` among them where the provider has passwords.
    """

    def __init__(self, create: Callable[[], CreatedUser], show: Callable[[AccountKey], Any]):
        self._create = create
        self._show = show

    @cached_property
    def created(self) -> CreatedUser:
        """The user, who is created at the first use."""
        return self._create()

    @property
    def key(self) -> AccountKey:
        """The key of the account."""
        return self.created.key

    @property
    def id(self) -> str:
        """The provider's id of the user, as paths and bodies take it."""
        return self.created.key.external_id

    def show(self) -> Any:
        """The user in the provider's own representation, as it is now."""
        return self._show(self.key)

    def __getattr__(self, name: str) -> str:
        """
        A credential of the user.

        Raises:
            AttributeError: the provider's users have no such credential.
        """
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self.created.credentials:
            known = ", ".join(self.created.credentials) or "none"
            raise AttributeError(f"a user has no credential {name!r}; there are: {known}")
        return self.created.credentials[name]

    def __getitem__(self, name: str) -> Any:
        return self.created.body[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.created.body)

    def __len__(self) -> int:
        return len(self.created.body)

    def __repr__(self) -> str:
        return f"<{self.key.provider} user {self.id}>"


class ReadyUser(User):
    """The user that a double has from the beginning; a call creates another one."""

    def __init__(
        self,
        create: Callable[[Mapping[str, Any]], CreatedUser],
        show: Callable[[AccountKey], Any],
    ) -> None:
        super().__init__(lambda: create({}), show)
        self._create_with = create

    def __call__(self, **fields: Any) -> User:
        """
        Create a user, with fields by the provider's own names; the others have defaults.

        Raises:
            TypeError: the provider has no such field.
            ValueError: a field breaks the provider's rules.
        """
        created = self._create_with(fields)
        return User(lambda: created, self._show)
