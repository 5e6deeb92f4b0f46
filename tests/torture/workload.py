"""Clients that change a gateway's data, and remember what it acknowledged.

Each client sends one request after the other, so at any moment at most one is in flight. What a
database must hold follows from a ``Promise``: the steps that were acknowledged and the one that may
or may not be stored.
"""

import http.client
import json
import threading
import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace

from profilegate.store import DEFAULT_NAMESPACE, CredentialKey, credentials, outbox
from tests.clients import (
    JSON,
    KRAKEN_USER_OF_ANOTHER,
    KrakenPartner,
    diadoc_authorization,
)
from tests.http.providers import DIADOC, KRAKEN, MACHNET_MAPPING, NAVIXY, ProviderApi
from tests.profiles.client import ADMIN
from tests.raw_database import RawDatabase
from tests.running_gateway import RunningGateway

LOST = "acknowledged changes lost"
HALF = "changes applied by half"
NONCE = "used nonces that are usable again"
HISTORY = "broken histories and damaged rows"
ERASED = "erased data that is there again"
STRANGE = "databases that do not open, and values that nobody sent"
KINDS = (LOST, HALF, NONCE, HISTORY, ERASED, STRANGE)

SAID_MAX = 5
"""Examples that a campaign prints of each kind."""

ANSWER_MAX_SECONDS = 30.0

Place = tuple[int, int]
"""A response: the client's port, and its number on this connection."""


class Findings:
    """What is wrong with databases, by kind."""

    def __init__(self) -> None:
        self.found: defaultdict[str, list[str]] = defaultdict(list)

    def add(self, kind: str, what: str) -> None:
        """Record one."""
        self.found[kind].append(what)
        if len(self.found[kind]) <= SAID_MAX:
            print(f"  {kind}: {what}", flush=True)

    def __len__(self) -> int:
        return sum(map(len, self.found.values()))


@dataclass(frozen=True, slots=True)
class Sent:
    """A request."""

    method: str
    target: str
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Promise:
    """What a database owes to a client: these steps, and perhaps one more."""

    acknowledged: Sequence[int]
    in_flight: int | None = None

    @property
    def last(self) -> int:
        """The last step that is stored for certain; 0 if there is none."""
        return self.acknowledged[-1] if self.acknowledged else 0

    @property
    def allowed(self) -> set[int]:
        """The steps of which one is the last that is stored."""
        return {self.last, self.last if self.in_flight is None else self.in_flight}


@dataclass
class Client:
    """One client; its steps count from 1."""

    acknowledged: list[int] = field(default_factory=list)
    in_flight: int | None = None
    places: dict[int, Place] = field(default_factory=dict)
    rejected: list[str] = field(default_factory=list)
    sent: int = 0
    pause_seconds: float = 0.0

    def request(self, step: int) -> Sent:
        """The request of a step."""
        raise NotImplementedError

    def check(self, gateway: RunningGateway, promise: Promise, findings: Findings) -> bool:
        """Compare the database with a promise; return whether the step in flight is stored."""
        raise NotImplementedError

    def after(self, step: int, url: str) -> None:
        """Do something once a step is acknowledged; ``url`` is that of the database."""

    @property
    def promise(self) -> Promise:
        """What the client may expect now."""
        return Promise(tuple(self.acknowledged), self.in_flight)

    def next_step(self) -> int:
        """The step to send next: a new one, for a nonce is used once."""
        return self.sent + 1

    def settle(self, *, is_stored: bool) -> None:
        """After a check: the step that was in flight is stored, or it never will be."""
        if self.in_flight is not None and is_stored:
            self.acknowledged.append(self.in_flight)
        self.in_flight = None

    def send_until(self, stop: threading.Event, port: int, url: str) -> None:
        """Send requests until the gateway dies, or ``stop`` is set."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_MAX_SECONDS)
        with closing(connection):
            try:
                connection.connect()
                local, number = connection.sock.getsockname()[1], 0
                while not stop.is_set() and not self.is_finished():
                    step = self.in_flight = self.sent = self.next_step()
                    sent = self.request(step)
                    connection.request(sent.method, sent.target, sent.body, sent.headers)
                    response = connection.getresponse()
                    body = response.read()
                    if response.status >= 300:
                        self.rejected.append(f"{response.status} {body[:200]!r}")
                        return
                    self.places[step] = (local, number)
                    self.acknowledged.append(step)
                    self.in_flight, number = None, number + 1
                    self.after(step, url)
                    stop.wait(self.pause_seconds)
            except (OSError, http.client.HTTPException):
                return

    def is_finished(self) -> bool:
        """Whether there is nothing more to send."""
        return False


def word(step: int) -> str:
    """A name that tells its step."""
    return f"N{step}"


@dataclass
class Names(Client):
    """Changes both names of one user at once, at any provider."""

    api: ProviderApi = NAVIXY

    def request(self, step: int) -> Sent:
        """Both names become the step's."""
        body = self.body(step)
        return Sent(self.api.method, self.api.target, body, {**self.sign(step, body), **JSON})

    def body(self, step: int) -> bytes:
        """The provider's good body with the step's names."""
        name = word(step).encode()
        return self.api.good_body().replace(b"Zoe", name).replace(b"Quinn", name)

    def sign(self, step: int, body: bytes) -> dict[str, str]:
        """The headers that authenticate it."""
        del step
        return self.api.headers(body)

    def stored(self, gateway: RunningGateway) -> tuple[int, int]:
        """The steps of both names; 0 before the first one."""
        fields = gateway.fields(self.api.name, self.api.user)
        given, family = (str(fields[path])[1:] for path in ("name.given", "name.family"))
        return (int(given) if given.isdigit() else 0, int(family) if family.isdigit() else 0)

    def check(self, gateway: RunningGateway, promise: Promise, findings: Findings) -> bool:
        """Both names are those of the last acknowledged step, or of the one in flight."""
        given, family = self.stored(gateway)
        if given != family:
            findings.add(HALF, f"{self.api.name}: {given} {family}, expected {promise.allowed}")
        elif given not in promise.allowed:
            kind = LOST if given < promise.last else STRANGE
            findings.add(kind, f"{self.api.name}: {given}, expected {promise.allowed}")
        return given == promise.in_flight


@dataclass
class SignedNames(Names):
    """Changes names at Kraken; the step is the nonce."""

    api: ProviderApi = KRAKEN
    partner: KrakenPartner = field(default_factory=KrakenPartner)

    def sign(self, step: int, body: bytes) -> dict[str, str]:
        """Sign with the step as the nonce."""
        return self.partner.headers(self.api.target, body, step)

    def check(self, gateway: RunningGateway, promise: Promise, findings: Findings) -> bool:
        """The nonce is that of the stored names, and no stored request is accepted again."""
        is_stored = super().check(gateway, promise, findings)
        last, _ = self.stored(gateway)
        key = CredentialKey(DEFAULT_NAMESPACE, "kraken", "api-key", self.partner.api_key)
        credential = gateway.run(gateway.store.read(credentials.find, key))
        if credential is None or credential.nonce != last:
            found = credential.nonce if credential else None
            findings.add(HALF, f"the nonce is {found}, that of the names {last}")
        for step in {last, promise.last} - {0}:
            sent = self.request(step)
            again = gateway.send(sent.method, sent.target, body=sent.body, headers=sent.headers)
            if again.status != 401:
                findings.add(NONCE, f"request {step} again: {again.status}")
        return is_stored


def login_user(step: int) -> str:
    """The Diadoc user that asks for a new login in a step."""
    return str(uuid.UUID(int=step))


def login_token(step: int) -> str:
    """This user's token."""
    return f"torture-token-{step}"


@dataclass
class Logins(Client):
    """Asks for a new login, each step for another user of Diadoc: a mail is promised."""

    users: int = 0

    def request(self, step: int) -> Sent:
        """The user of the step asks for a new login."""
        body = json.dumps({"Login": {"Login": f"new{step}@kontur.ru"}}).encode()
        return Sent(
            "POST", DIADOC.target, body, {**diadoc_authorization(login_token(step)), **JSON}
        )

    def is_finished(self) -> bool:
        """Each user may cause a mail a minute."""
        return self.sent >= self.users

    def check(self, gateway: RunningGateway, promise: Promise, findings: Findings) -> bool:
        """Each acknowledged step has its mail, and each mail its pending login."""
        steps = [
            int(address.removeprefix("new").removesuffix("@kontur.ru"))
            for address in _addresses(gateway)
        ]
        lost = set(promise.acknowledged) - set(steps)
        strange = set(steps) - set(promise.acknowledged) - {promise.in_flight}
        ((pending,),) = gateway.rows("SELECT count(*) FROM pending_logins")
        for step in lost:
            findings.add(LOST, f"the mail of login {step}")
        for step in strange:
            findings.add(STRANGE, f"the mail of login {step}")
        if pending != len(steps):
            findings.add(HALF, f"{len(steps)} mails, {pending} pending logins")
        return promise.in_flight in steps


def _addresses(gateway: RunningGateway) -> Iterable[str]:
    after = None
    while mails := gateway.run(gateway.store.read(outbox.page, DEFAULT_NAMESPACE, after=after)):
        yield from (mail.to for mail in mails)
        after = mails[-1]


WRAPPED_MAX = 60
"""The latest wrapped keys; to look for all of them would take longer than the rest."""

STAGES = 3
"""The steps of one turn of the administrator: import, link, erase."""


def imported(turn: int, side: int) -> str:
    """The id of a profile that a turn imports."""
    return str(uuid.UUID(int=(turn + 1) << 32 | side << 16 | 1))


def account_of(turn: int, side: int) -> tuple[str, str]:
    """The account of such a profile."""
    return ("kraken", f"AA{side}T{turn:012d}") if side == 0 else ("machnet", imported(turn, side))


@dataclass
class Administrator(Client):
    """Imports two profiles with an account each, links the first's to the second, erases it.

    ``wrapped`` are the wrapped keys of its profiles, which must leave the files with them.
    """

    wrapped: dict[str, bytes] = field(default_factory=dict)

    def request(self, step: int) -> Sent:
        """One of the three actions of a turn."""
        turn, stage = divmod(step - 1, STAGES)
        if stage == 0:
            lines = [json.dumps(exported(turn, side)).encode() for side in (0, 1)]
            kind = {"Content-Type": "application/x-ndjson"}
            return Sent("POST", "/import", b"\n".join(lines), {**ADMIN, **kind})
        target = f"/profiles/{imported(turn, 1)}"
        if stage == 1:
            provider, external_id = account_of(turn, 0)
            body = b'{"prefer": "profile"}'
            link = f"{target}/accounts/{provider}/{external_id}"
            return Sent("PUT", link, body, {**ADMIN, **JSON})
        return Sent("DELETE", target, b"", dict(ADMIN))

    def next_step(self) -> int:
        """An action that is not stored is sent again."""
        return len(self.acknowledged) + 1

    def after(self, step: int, url: str) -> None:
        """Remember the wrapped keys of the profiles that were imported."""
        turn, stage = divmod(step - 1, STAGES)
        if stage == 0:
            ids = (imported(turn, 0), imported(turn, 1))
            with closing(RawDatabase(url, only_reads=True)) as database:
                self.wrapped |= dict(database.rows(WRAPPED_KEYS, ids))
            while len(self.wrapped) > WRAPPED_MAX:
                del self.wrapped[next(iter(self.wrapped))]

    def check(self, gateway: RunningGateway, promise: Promise, findings: Findings) -> bool:
        """Each turn is at its stage: imported, linked with one profile left, or erased."""
        erased_at = dict(gateway.rows("SELECT id, erased_at FROM profiles"))
        accounts: defaultdict[str, int] = defaultdict(int)
        for profile_id, count in gateway.rows(
            "SELECT profile_id, count(*) FROM accounts GROUP BY profile_id"
        ):
            accounts[profile_id] = count

        def shown(turn: int) -> tuple[int | None, ...]:
            """The numbers of accounts of the two profiles; -1 if erased, None if never there."""
            ids = (imported(turn, 0), imported(turn, 1))
            return tuple(
                None
                if each not in erased_at
                else (-1 - accounts[each] if erased_at[each] else accounts[each])
                for each in ids
            )

        done = len(promise.acknowledged)
        is_stored = False
        for turn in range(done // STAGES + 1):
            stage = min(done - turn * STAGES, STAGES)
            found = shown(turn)
            allowed = [SHOWN[stage]]
            if promise.in_flight is not None and (promise.in_flight - 1) // STAGES == turn:
                allowed.append(SHOWN[stage + 1])
                is_stored = found == SHOWN[stage + 1]
                if stage == 0:
                    # Each line of an import is a transaction of its own.
                    allowed.append((1, None))
            if found not in allowed:
                findings.add(_kind(found, stage), f"turn {turn} is {found}, allowed: {allowed}")
        self._check_bytes(gateway, {each for each in erased_at if erased_at[each]}, findings)
        return is_stored

    def _check_bytes(self, gateway: RunningGateway, erased: set[str], findings: Findings) -> None:
        """No row has the key of an erased profile, nor has any of SQLite's files."""
        rows = (wrapped for (wrapped,) in gateway.rows("SELECT wrapped FROM profile_keys"))
        files = (file.read_bytes() for file in gateway.folder.glob("profiles.db*"))
        kept = b"".join((*rows, *files))
        for profile_id in erased & self.wrapped.keys():
            if self.wrapped[profile_id] in kept:
                findings.add(ERASED, f"the key of {profile_id} is still there")


SHOWN: Sequence[tuple[int | None, ...]] = ((None, None), (1, 1), (-1, 2), (-1, -1))
"""What a turn shows after each of its actions (see ``Administrator.check``)."""


def _kind(found: tuple[int | None, ...], stage: int) -> str:
    """What it is if a turn shows this after so many acknowledged actions."""
    if stage == STAGES and found in SHOWN[1:STAGES]:
        return ERASED
    return LOST if found in SHOWN[:stage] else HALF


WRAPPED_KEYS = (
    "SELECT profiles.id, wrapped FROM profiles JOIN profile_keys ON profile_keys.id = key_id"
    " WHERE profiles.id IN (?, ?) AND erased_at IS NULL"
)


def exported(turn: int, side: int) -> dict[str, object]:
    """A line of an import."""
    provider, external_id = account_of(turn, side)
    own = {"account.id": external_id}
    more = {"account.business": False, "account.type": "SEND", "account.status": "UNVERIFIED"}
    return {
        "id": imported(turn, side),
        "fields": {"name.given": word(turn), "name.family": word(turn)},
        "accounts": [
            {
                "provider": provider,
                "external_id": external_id,
                "tenant": "demo" if side == 0 else "demo-client",
                "reference": None,
                "fields": own if side == 0 else {**own, **more},
            }
        ],
        "documents": [],
    }


OTHER_KEY = "b3RoZXItc2VjcmV0LWZvci1wcm9maWxlZ2F0ZS1vbmx5LW5vdC1hLXJlYWwta2V5IQ=="


def clients(users: int) -> list[Client]:
    """A client of each provider, two of Kraken's partners, logins and an administrator."""
    other = replace(
        KRAKEN, target=f"/b2b/users/{KRAKEN_USER_OF_ANOTHER}", user=KRAKEN_USER_OF_ANOTHER
    )
    return [
        Names(api=NAVIXY),
        Names(api=MACHNET_MAPPING),
        Names(api=DIADOC),
        SignedNames(api=KRAKEN),
        SignedNames(api=other, partner=KrakenPartner("other-api-key", OTHER_KEY)),
        Logins(users=users, pause_seconds=0.1),
        Administrator(),
    ]
