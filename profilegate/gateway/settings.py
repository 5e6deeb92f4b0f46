"""Settings of a gateway, from the environment and the command line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from socket import getaddrinfo
from urllib.parse import urlsplit

from profilegate.errors import SettingError
from profilegate.gateway.peers import Network, read_networks

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8080
DEFAULT_DATABASE = "sqlite:///var/profiles.db"
DEMO_DATABASE = "sqlite:///var/demo.db"
DEFAULT_KEY_FILE = "var/master.key"
DEMO_KEY_FILE = "var/demo.key"

DEFAULT_SOCKET_MODE = "660"

DEMO_ADMIN_TOKEN = "demo-admin"  # noqa: S105 - it is public
"""The token of the admin API with the demo data, whose secrets are public."""

DEMO_METRICS_TOKEN = "demo-metrics"  # noqa: S105 - it is public
"""That of ``/metrics``."""

ADMIN_TOKEN_LENGTH_MIN = 22
"""A random text of 22 letters and digits has 128 bits; OWASP asks for 128 bits in a session id."""

EXCHANGES_IN_TESTS = 1000
"""How many exchanges of a namespace are kept in test mode, if nothing is set: more than a test has.
We chose it: about 2 MB in the database."""

EXCHANGES_MAX = 100_000
"""The largest setting; we chose some hundred megabytes, which one look at the journal reads."""

LOG_FORMATS = ("auto", "json", "text")
"""Auto is text on a terminal, else JSON."""

LOG_LEVELS = ("info", "warning", "error")

SIGNED_PATHS = ("either", "public", "local")
"""Which path a client signs below a prefix: that of its whole URL (``public``), or the one that the
provider documents (``local``). Clients do both, and either signature proves the key."""

ACCESS_LOGS = ("off", "on", "peers")
"""With ``peers`` a line has the client's address, which is personal data (GDPR, recital 30)."""

PORT_MAX = 65535

DRAIN_MAX_SECONDS = 3600
"""We chose; the longest time that load balancers wait by default is five minutes (AWS)."""

WORKERS_MAX = 256
"""The largest setting; we chose more than the processors of most machines."""

UNSAFE_IN_URLS = frozenset(" \"'<>\\^`{|}")
"""RFC 3986, appendix C and 2: what no URL holds unescaped, but a mail or a page may misread."""

PREFIX_LENGTH_MAX = 256
"""We chose; prefixes of paths have one or two segments."""

_PREFIX = re.compile(r"(/(?!\.+(/|$))[A-Za-z0-9._~-]+)+")
"""Unreserved characters (RFC 3986, 2.3), no empty and no relative segment."""

ALL_ADDRESSES = "0.0.0.0"  # noqa: S104 (what an empty host means)


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one gateway.

    ``database`` is the URL of the database, a SQLite file or PostgreSQL; the demo data has a
    database and a key of its own, because its secrets are public. ``test_mode`` permits
    what only tests need: clocks that are set, scripted errors, a reset; the demo data implies it
    (``is_for_tests``). ``seed`` is the path of a file that fills an empty database.

    ``public_url`` is the base of links in mails; by default the address that the server listens on.
    ``smtp_url`` is the mail server; without it mails stay in the outbox. ``rate_limits`` is whether
    the providers' own limits apply, ``lockouts`` whether credentials are locked after many
    failures. ``admin_token`` authenticates callers of the admin API, which rejects every request
    without it (the demo data has one); ``metrics_token`` those of ``/metrics``.
    ``forwarded_allow_ips`` lists the proxies whose word on a client's address counts.
    ``journal`` is how many exchanges of each namespace are kept: by default some for tests, else 0.
    ``workers`` is the number of processes that serve.
    ``drain_seconds`` is how long the gateway serves on after the signal to stop, without being
    ready, so that a load balancer stops sending.
    ``root_path`` is the prefix under which a proxy publishes the gateway; ``signed_path`` is one of
    SIGNED_PATHS. ``unix_socket`` is the path of a socket to listen on in the place of ``host`` and
    ``port``, ``unix_socket_mode`` its permissions in octal digits.
    ``log_format``, ``log_level`` and ``access_log`` are each one of LOG_FORMATS, LOG_LEVELS and
    ACCESS_LOGS.
    """

    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    database: str | None = field(default=None, repr=False)
    key_file: str | None = None
    demo: bool = False
    test_mode: bool = False
    seed: str | None = None
    public_url: str | None = None
    smtp_url: str | None = field(default=None, repr=False)
    rate_limits: bool = True
    lockouts: bool = True
    forwarded_allow_ips: str | None = None
    admin_token: str | None = field(default=None, repr=False)
    metrics_token: str | None = field(default=None, repr=False)
    journal: int | None = None
    workers: int = 1
    drain_seconds: float = 0.0
    root_path: str = ""
    signed_path: str = "either"
    unix_socket: str | None = None
    unix_socket_mode: str = DEFAULT_SOCKET_MODE
    log_format: str = "auto"
    log_level: str = "warning"
    access_log: str = "off"

    @property
    def is_for_tests(self) -> bool:
        """Whether clocks may be set, errors scripted, and namespaces reset."""
        return self.test_mode or self.demo

    @property
    def journal_size(self) -> int:
        """
        How many exchanges of each namespace the journal keeps; 0 is none.

        Raises:
            SettingError: it is no such number.
        """
        if self.journal is None:
            return EXCHANGES_IN_TESTS if self.is_for_tests else 0
        if not 0 <= self.journal <= EXCHANGES_MAX:
            raise SettingError(
                "PROFILEGATE_JOURNAL", f"it must be a number from 0 (off) to {EXCHANGES_MAX}"
            )
        return self.journal

    @property
    def database_url(self) -> str:
        """The URL of the database, which may hold a password."""
        return self.database or (DEMO_DATABASE if self.demo else DEFAULT_DATABASE)

    @property
    def database_path(self) -> Path:
        """
        The SQLite file, for what only files need.

        Raises:
            SettingError: the database is no SQLite file.
        """
        # Importing the store takes longer than a command that needs none.
        from profilegate.store.opening import is_postgresql, sqlite_file

        url = self.database_url
        if is_postgresql(url):
            raise SettingError(
                "PROFILEGATE_DATABASE",
                "this is for SQLite files; back up and restore a PostgreSQL database with pg_dump "
                f"and pg_restore, and keep its key file too ({self.key_file_path})",
            )
        return sqlite_file(url)

    @property
    def key_file_path(self) -> Path:
        """
        The file that holds the master key.

        A demo database of an older release has the key of the other database.
        """
        if self.key_file:
            return Path(self.key_file)
        demo_key = Path(DEMO_KEY_FILE)
        if not self.demo or self.database:
            return Path(DEFAULT_KEY_FILE)
        has_own_key = demo_key.exists() or not self.database_path.exists()
        return demo_key if has_own_key else Path(DEFAULT_KEY_FILE)

    @property
    def trusted_proxies(self) -> tuple[Network, ...]:
        """
        The proxies that may name a client's address; none by default.

        Raises:
            SettingError: one of them is neither an address nor a network.
        """
        return read_networks("PROFILEGATE_FORWARDED_ALLOW_IPS", self.forwarded_allow_ips or "")

    @property
    def prefix(self) -> str:
        """
        The prefix of all paths, without a slash at its end; empty for none.

        Raises:
            SettingError: it is no such prefix.
        """
        prefix = self.root_path.rstrip("/")
        if prefix and not is_prefix(prefix):
            raise SettingError(
                "PROFILEGATE_ROOT_PATH",
                "it must look like /people or /apis/users: letters, digits, and - . _ ~",
            )
        return prefix

    @property
    def socket_mode(self) -> int:
        """
        The permissions of the Unix socket.

        Raises:
            SettingError: they are not three octal digits.
        """
        try:
            mode = int(self.unix_socket_mode, 8)
        except ValueError:
            mode = -1
        if not 0 < mode <= 0o777:
            raise SettingError(
                "PROFILEGATE_UNIX_SOCKET_MODE", "it must be permissions in octal digits, like 660"
            )
        return mode

    def public_url_at(self, port: int | None) -> str:
        """
        The base of links in mails, for a gateway that listens on a port, or at a Unix socket.

        Without the setting it is the address that the gateway listens on, or the loopback address
        if it listens on all addresses.
        """
        if self.public_url is not None:
            return self.public_url.rstrip("/")
        host = _loopback_of(self.host) or self.host
        address = f"[{host}]" if ":" in host else host
        return f"http://{address}{'' if port is None else f':{port}'}{self.prefix}"

    def warnings(self) -> Iterator[str]:
        """What is dangerous about these settings, if the gateway is more than a trial."""
        if self.demo and not all(each.is_loopback for each in _addresses_of(self.host)):
            yield (
                "the demo data is served on an address that others may reach, and its secrets are "
                "public; keep nothing real in it, or serve without --demo"
            )
        tokens = {"admin token": self.admin_token, "token of /metrics": self.metrics_token}
        for name, token in tokens.items():
            if token is not None and any(map(str.isspace, token)):
                yield (
                    f"the {name} is the text of an example, or a sentence: it has a blank; make "
                    "one with: openssl rand -base64 32"
                )
            elif token is not None and len(token) < ADMIN_TOKEN_LENGTH_MIN:
                yield (
                    f"the {name} has fewer than {ADMIN_TOKEN_LENGTH_MIN} characters and can be "
                    "guessed; make one with: openssl rand -base64 32"
                )

    def check_addresses(self) -> None:
        """
        Check the addresses of the gateway and of the mail server.

        Raises:
            SettingError: as the three checks that this one runs.
        """
        self.check_public_url()
        self.check_smtp_url()
        self.check_links()

    def check_public_url(self) -> None:
        """
        Check the public address of the gateway.

        Raises:
            SettingError: ``public_url`` is not the URL of a server.
        """
        if self.public_url is not None and not is_server_url(self.public_url, "http", "https"):
            raise SettingError(
                "PROFILEGATE_PUBLIC_URL", "it must look like https://gateway.example/path"
            )

    def check_smtp_url(self) -> None:
        """
        Check the address of the mail server.

        Raises:
            SettingError: ``smtp_url`` is not the URL of an SMTP server.
        """
        if self.smtp_url is not None and not is_server_url(self.smtp_url, "smtp", "smtps"):
            raise SettingError(
                "PROFILEGATE_SMTP_URL",
                "it must look like smtp://user:password@host:25 or smtps://host:465",
            )

    def check_links(self) -> None:
        """
        Check that the links in mails can be opened.

        Raises:
            SettingError: there are mails, and no address for their links.
        """
        is_on_all = self.public_url is None and _loopback_of(self.host) is not None
        if self.smtp_url is not None and is_on_all:
            raise SettingError(
                "PROFILEGATE_PUBLIC_URL",
                "mails contain links, and the gateway listens on all addresses; set the address "
                "under which people reach it",
            )

    def check_host(self) -> None:
        """
        Check the address to listen on.

        Raises:
            SettingError: it is none, or the port is none.
        """
        if not _addresses_of(self.host):
            raise SettingError("PROFILEGATE_HOST", "it is not an address or a name of this machine")
        if not 0 <= self.port <= PORT_MAX:
            raise SettingError(
                "PROFILEGATE_PORT", f"it must be a number from 0 (any free one) to {PORT_MAX}"
            )

    def check_drain(self) -> None:
        """
        Check the time to drain.

        Raises:
            SettingError: it is not a number of seconds.
        """
        if not 0 <= self.drain_seconds <= DRAIN_MAX_SECONDS:
            raise SettingError(
                "PROFILEGATE_DRAIN_SECONDS", f"it must be from 0 to {DRAIN_MAX_SECONDS} seconds"
            )


def read_secret(setting: str, value: str | None, file: str | None) -> str | None:
    """
    A secret that is set by its value, or by the path of a file that holds it.

    A file is how orchestrators pass secrets on; a line break at its end does not count.

    Raises:
        SettingError: both are set, or the file cannot be read, is empty, or is not UTF-8.
    """
    if file is None:
        return value
    if value is not None:
        raise SettingError(f"{setting}_FILE", f"{setting} is set too; set one of them")
    try:
        secret = Path(file).read_text("utf-8").rstrip("\r\n")
    except OSError as error:
        raise SettingError(
            f"{setting}_FILE", f"the file cannot be read ({error.strerror})"
        ) from error
    except UnicodeDecodeError:
        raise SettingError(f"{setting}_FILE", "the file is not UTF-8") from None
    if not secret:
        raise SettingError(f"{setting}_FILE", "the file is empty")
    return secret


def _addresses_of(host: str) -> list[IPv4Address | IPv6Address]:
    """The addresses that a host means; none if it has none."""
    try:
        return [ip_address(each[4][0]) for each in getaddrinfo(host or ALL_ADDRESSES, None)]
    except (OSError, UnicodeError, ValueError):
        return []


def is_server_url(text: str, *schemes: str) -> bool:
    """Whether a text is the URL of a server, without a query and a fragment."""
    try:
        parts = urlsplit(text)
        # Reading the port checks it.
        is_server = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    is_plain = not parts.query and not parts.fragment and not set(text) & UNSAFE_IN_URLS
    return parts.scheme in schemes and is_server and is_plain


def is_prefix(text: str) -> bool:
    """Whether a text is the prefix of a path: ``/people``, ``/apis/users``."""
    return len(text) <= PREFIX_LENGTH_MAX and _PREFIX.fullmatch(text) is not None


def _loopback_of(host: str) -> str | None:
    """
    The loopback address, if a host means all addresses of the machine (``0.0.0.0``, ``::``, ``0``,
    an empty one); None for any other host.
    """
    unspecified = [address for address in _addresses_of(host) if address.is_unspecified]
    if not unspecified:
        return None
    return "::1" if unspecified[0].version == 6 else "127.0.0.1"
