"""Who is measured: each entrant is a command and a name for the table."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copytree

from benchmarks import prism
from benchmarks.names import DATABASE, KEY_FILE, PROFILES
from benchmarks.postgresql import EMPTY, NAMESPACE, Postgres
from benchmarks.servers import GATEWAY, GATEWAY_FILES, Server

ACCEPTED = 200
SQLITE = "SQLite"
POSTGRESQL = "PostgreSQL"

URL = "<URL of the entrant's own database>"

REJECTED = (400, 422)
UNAUTHENTICATED = 401


@dataclass(frozen=True, slots=True)
class Entrant:
    """A server under test.

    ``checks`` is whether it rejects what is invalid; ``wants_fresh`` whether it takes each nonce
    once; ``wants_namespace`` whether it reads the gateway's database;
    ``store`` is what keeps a change before its response, if anything does; ``commits_alone``
    whether for each request by itself; ``profiles`` how many users it has.
    """

    key: str
    title: str
    arguments: tuple[str, ...]
    store: str = ""
    checks: bool = True
    wants_fresh: bool = True
    is_ours: bool = False
    wants_namespace: bool = False
    commits_alone: bool = False
    profiles: int = PROFILES

    @property
    def is_durable(self) -> bool:
        """Whether a change is on the disk before its response."""
        return bool(self.store)

    @property
    def verifies(self) -> bool:
        """Whether it verifies signatures."""
        return self.checks and self.wants_fresh


def _app(name: str) -> tuple[str, ...]:
    return ("-m", "benchmarks.serve", name)


SERVE = Entrant(
    "serve",
    "**Profilegate**, `profilegate serve`",
    (*GATEWAY, *GATEWAY_FILES),
    store=SQLITE,
    wants_namespace=True,
    is_ours=True,
)

SERVE_POSTGRESQL = replace(
    SERVE,
    key="serve-postgresql",
    arguments=(*GATEWAY, "--database", URL, "--key-file", KEY_FILE),
    store=POSTGRESQL,
)

ONE_COMMIT = Entrant(
    "one-commit",
    "Profilegate, but for one commit for each request",
    _app("apps.one_commit"),
    store=SQLITE,
    wants_namespace=True,
    commits_alone=True,
)

PRISM = Entrant(
    "prism", "Prism mock, Node; no signature", ("-m", "benchmarks.prism"), wants_fresh=False
)


def entrants() -> list[Entrant]:
    """Everybody who can be measured here, ceilings first."""
    return [*_without_store(), *_with_store(SQLITE), *_with_store(POSTGRESQL)]


PEERS = [
    ("connexion", "Connexion AsyncApp, stock", "peers.connexion_app"),
    ("fastapi", "FastAPI, pydantic 2", "peers.fastapi_app"),
    ("litestar", "Litestar, msgspec", "peers.litestar_app"),
    ("falcon", "Falcon ASGI, msgspec", "peers.falcon_app"),
]


def _without_store() -> list[Entrant]:
    return [
        Entrant(
            "bare",
            "bare ASGI function, constant response",
            _app("apps.bare"),
            checks=False,
            wants_fresh=False,
        ),
        Entrant("gateway", "**Profilegate**", _app("apps.gateway"), is_ours=True),
        *(Entrant(key, title, _app(app)) for key, title, app in PEERS),
        *([PRISM] if prism.version() else []),
    ]


def _with_store(store: str) -> list[Entrant]:
    suffix = store.lower()
    return [
        Entrant(
            f"bare-{suffix}",
            "bare ASGI function, Profilegate's store",
            (*_app("apps.bare_store"), "--database", URL),
            store=store,
            checks=False,
            wants_namespace=True,
        ),
        SERVE if store == SQLITE else SERVE_POSTGRESQL,
        *(
            Entrant(
                f"{key}-{suffix}",
                f"{title}; SQLAlchemy",
                (*_app(app), "--database", URL),
                store=store,
                commits_alone=True,
            )
            for key, title, app in PEERS
            # The two of the targets: all drivers and transactions are the same ones.
            if store == SQLITE or key in ("connexion", "fastapi")
        ),
    ]


@contextmanager
def serving(
    everybody: Iterable[Entrant],
    namespace: Path,
    folder: Path,
    preload: Path | None = None,
    postgres: Postgres | None = None,
) -> Iterator[dict[str, Server]]:
    """Everybody's server, each in a folder of its own; all idle but the one under test."""
    with ExitStack() as stack:
        servers = {}
        for entrant in everybody:
            own = folder / entrant.key
            own.mkdir()
            url = f"sqlite:///{DATABASE}"
            files = namespace
            if entrant.store == POSTGRESQL and postgres is not None:
                url = postgres.create(entrant.key, NAMESPACE if entrant.wants_namespace else EMPTY)
                files = postgres.keys
            if entrant.wants_namespace:
                copytree(files, own, dirs_exist_ok=True)
            arguments = [url if each == URL else each for each in entrant.arguments]
            servers[entrant.key] = Server.start(arguments, own, preload)
            stack.callback(servers[entrant.key].stop)
        yield servers
