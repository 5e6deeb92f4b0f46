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


@dataclass(frozen=True, slots=True)
class Settings:
    """How one gateway is served.

    ``database`` is where the profiles are kept; the demo data has a place of its own, so that
    its public secrets open nothing else.
    ``public_url`` is where people reach the gateway, for links in mails; without it, the address
    that the server listens on. ``smtp_url`` is where mails go; without it they wait in the outbox.
    ``rate_limits`` is whether providers' own limits hold. ``admin_token`` opens our own API, which
    nobody is let into without it; the demo data has one of its own.
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

    def check_smtp_url(self) -> None:
        """
        See that mails can be sent.

        Raises:
            SettingError: the address is not one of an SMTP server.
        """
        if self.smtp_url is not None:
            try:
                parts = urlsplit(self.smtp_url)
                # Reading the port checks it.
                is_one = parts.scheme in ("smtp", "smtps") and parts.hostname and parts.port != 0
            except ValueError:
                is_one = False
            if not is_one:
                raise SettingError(
                    "PROFILEGATE_SMTP_URL",
                    "it must look like smtp://user:password@host:25 or smtps://host:465",
                )
