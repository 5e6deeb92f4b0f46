"""Who is measured: each entrant is a command and a name for the table."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

from benchmarks import prism
from benchmarks.names import PROFILES
from benchmarks.servers import GATEWAY, GATEWAY_FILES, Server

ACCEPTED = 200
REJECTED = (400, 422)
UNAUTHENTICATED = 401


@dataclass(frozen=True, slots=True)
class Entrant:
    """A server under test.

    ``checks`` is whether it rejects what is invalid; ``wants_fresh`` whether it takes each nonce
    once; ``wants_namespace`` whether it reads the gateway's database;
    ``is_durable`` whether a change is on the disk before its response; ``commits_alone`` whether
    for each request by itself; ``profiles`` how many users it has.
    """

    key: str
    title: str
    arguments: tuple[str, ...]
    is_durable: bool = False
    checks: bool = True
    wants_fresh: bool = True
    is_ours: bool = False
    wants_namespace: bool = False
    commits_alone: bool = False
    profiles: int = PROFILES

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
    is_durable=True,
    wants_namespace=True,
    is_ours=True,
)

ONE_COMMIT = Entrant(
    "one-commit",
    "Profilegate, but for one commit for each request",
    _app("apps.one_commit"),
    is_durable=True,
    wants_namespace=True,
    commits_alone=True,
)

PRISM = Entrant(
    "prism", "Prism mock, Node; no signature", ("-m", "benchmarks.prism"), wants_fresh=False
)


def entrants() -> list[Entrant]:
    """Everybody who can be measured here, ceilings first."""
    keep = ("--database", "sqlite:///sqlalchemy.db")
    peers = [
        ("connexion", "Connexion AsyncApp, stock", "peers.connexion_app"),
        ("fastapi", "FastAPI, pydantic 2", "peers.fastapi_app"),
        ("litestar", "Litestar, msgspec", "peers.litestar_app"),
        ("falcon", "Falcon ASGI, msgspec", "peers.falcon_app"),
    ]
    return [
        Entrant(
            "bare",
            "bare ASGI function, constant response",
            _app("apps.bare"),
            checks=False,
            wants_fresh=False,
        ),
        Entrant(
            "gateway",
            "**Profilegate**",
            _app("apps.gateway"),
            is_ours=True,
        ),
        *(Entrant(key, title, _app(app)) for key, title, app in peers),
        *([PRISM] if prism.version() else []),
        Entrant(
            "bare-sqlite",
            "bare ASGI function, Profilegate's store",
            _app("apps.bare_store"),
            is_durable=True,
            checks=False,
            wants_namespace=True,
        ),
        SERVE,
        *(
            Entrant(
                f"{key}-sqlite",
                f"{title}; SQLAlchemy",
                (*_app(app), *keep),
                is_durable=True,
                commits_alone=True,
            )
            for key, title, app in peers
        ),
    ]


@contextmanager
def serving(
    everybody: Iterable[Entrant], namespace: Path, folder: Path, preload: Path | None = None
) -> Iterator[dict[str, Server]]:
    """Everybody's server, each in a folder of its own; all idle but the one under test."""
    with ExitStack() as stack:
        servers = {}
        for entrant in everybody:
            own = folder / entrant.key
            if entrant.wants_namespace:
                copytree(namespace, own)
            else:
                own.mkdir()
            servers[entrant.key] = Server.start(entrant.arguments, own, preload)
            stack.callback(servers[entrant.key].stop)
        yield servers
