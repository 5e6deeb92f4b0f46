"""Settings: what the environment and the command line say, read once."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from profilegate.errors import SettingError

SQLITE_PREFIX = "sqlite:///"

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8080
DEFAULT_DATABASE = "sqlite:///var/profiles.db"
DEMO_DATABASE = "sqlite:///var/demo.db"
DEFAULT_KEY_FILE = "var/master.key"

WILDCARD_HOSTS = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104
"""Addresses that mean every address of the machine, and the one by which it reaches itself."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How one gateway is served.

    ``database`` is the address of the database; the demo data has one of its own, because its
    secrets are public. ``public_url`` is the address under which people reach the gateway, for
    links in mails; without it, the address that the server listens on. ``smtp_url`` is the mail
    server; without it mails wait in the outbox. ``rate_limits``: whether the providers' own
    limits apply. ``admin_token`` authenticates at the admin API; without it every request there
    is rejected (the demo data brings one).
    """

    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    database: str | None = None
    key_file: str = DEFAULT_KEY_FILE
    demo: bool = False
    public_url: str | None = None
    smtp_url: str | None = None
    rate_limits: bool = True
    admin_token: str | None = field(default=None, repr=False)

    @property
    def database_path(self) -> Path:
        """
        The SQLite file: ``sqlite:///var/profiles.db`` lies below the working folder,
        ``sqlite:////srv/profiles.db`` anywhere.

        Raises:
            SettingError: it is not an address of a SQLite file.
        """
        database = self.database or (DEMO_DATABASE if self.demo else DEFAULT_DATABASE)
        path = database.removeprefix(SQLITE_PREFIX)
        if path == database or not path:
            raise SettingError(
                "PROFILEGATE_DATABASE",
                f"it must begin with {SQLITE_PREFIX} and name a file, like {DEFAULT_DATABASE}",
            )
        return Path(path)

    @property
    def key_file_path(self) -> Path:
        """The file that holds the master key."""
        return Path(self.key_file)

    def public_url_at(self, port: int) -> str:
        """
        The address under which people reach the gateway, which listens on a port.

        Without a setting it is the address that the gateway listens on or, where that is every
        address of the machine, the machine's own.
        """
        if self.public_url is not None:
            return self.public_url.rstrip("/")
        host = WILDCARD_HOSTS.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def check_mail(self) -> None:
        """
        Check the settings by which mails are sent.

        Raises:
            SettingError: the address is not one of an SMTP server, or links in mails would lead
                nowhere.
        """
        if self.smtp_url is None:
            return
        try:
            parts = urlsplit(self.smtp_url)
            # Reading the port checks it.
            is_valid = parts.scheme in ("smtp", "smtps") and parts.hostname and parts.port != 0
        except ValueError:
            is_valid = False
        if not is_valid:
            raise SettingError(
                "PROFILEGATE_SMTP_URL",
                "it must look like smtp://user:password@host:25 or smtps://host:465",
            )
        if self.public_url is None and self.host in WILDCARD_HOSTS:
            raise SettingError(
                "PROFILEGATE_PUBLIC_URL",
                f"mails contain links, and {self.host} is no address that a reader can open; "
                "set the address under which people reach the gateway",
            )
