"""Canaries: personal data and secrets go in everywhere, and are searched everywhere else."""

import copy
import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

from tests import postgres
from tests.gateway_process import GatewayProcess
from tests.gateway_process import run as run_command
from tests.torture.canary_search import ADMIN, SPECS, Campaign, schemes_of
from tests.torture.canary_values import DIGITS, MARKS, Canaries, forms, leaves
from tests.torture.hostile_requests import Draft, valid_drafts
from tests.torture.presented import PRESENTATIONS
from tests.torture.reprs import MARK, reprs
from tests.torture.results import Result
from tests.torture.verbose_gateway import AUTHENTICATION, BOOM
from tests.torture.wrong_credentials import placed, texts_for

LOG = "stderr.log"
TEMPORARY = "tmp"


POSTGRESQL_FILES: Mapping[str, str] = {
    "base": "PostgreSQL's tables and indexes",
    "log": "PostgreSQL's messages",
    "pg_wal": "PostgreSQL's write-ahead log",
}
"""What its folder contains."""

OWNERS: dict[str, dict[str, Any]] = {
    "navixy": {"fields": {"plugins": [45]}},
    "machnet": {"tenant": True, "fields": {"status": "UNVERIFIED"}},
    "diadoc": {"fields": {}},
    "kraken": {"tenant": True, "fields": {}},
}
"""What an account needs at each provider, beside its external id."""


def run(folder: Path, backend: str, *, providers: Sequence[str] = tuple(SPECS)) -> Result:
    """Write canaries through everything of some providers; search everything else."""
    if backend == "sqlite":
        return _run(folder, None, {}, providers)
    # A server of its own: all of its files are searched.
    server = postgres.new_server()
    server.start()
    try:
        database = {"PROFILEGATE_DATABASE": server.url}
        return _run(folder, server.folder, database, providers)
    finally:
        server.stop("immediate")
        shutil.rmtree(server.folder.parent)


def _run(
    folder: Path, server: Path | None, database: Mapping[str, str], providers: Sequence[str]
) -> Result:
    """The same with the setting of a database, and the folder of its server if there is one."""
    canaries = Canaries()
    admin_token, mail_password = f"{canaries.word()}-admin-token-of-a-run", canaries.word()
    (folder / TEMPORARY).mkdir()
    settings = {
        **database,
        "PROFILEGATE_ADMIN_TOKEN": admin_token,
        "PROFILEGATE_SMTP_URL": f"smtp://{canaries.word()}:{mail_password}@127.0.0.1:9",
        "PROFILEGATE_PUBLIC_URL": "http://gateway.example",
        "PROFILEGATE_JOURNAL": "1000",
        "PYTHONASYNCIODEBUG": "1",
        "PYTHONWARNINGS": "default",
        "TMPDIR": str(folder / TEMPORARY),
    }
    with GatewayProcess.serving(
        folder,
        "--no-rate-limits",
        settings=settings,
        log=folder / LOG,
        module="tests.torture.verbose_gateway",
        patience_seconds=600,
    ) as process:
        campaign = Campaign(process, canaries, admin_token)
        campaign.shown[ADMIN] = {"token": admin_token}
        link_everybody(campaign)
        for provider in providers:
            write_everything(campaign, provider)
            provoke_errors(campaign, provider)
            search_journal(campaign)
        before, campaign.failed = campaign.failed, 0
        for spared in (AUTHENTICATION, ""):
            (folder / BOOM).write_text(spared, "ascii")
            for provider in providers:
                fail_unexpectedly(campaign, provider)
        (folder / BOOM).unlink()
        provoked, campaign.failed = campaign.failed, before
        search_files(campaign, folder)
        use_commands(campaign, folder, database)
        for provider in providers:
            present_wrong_ones(campaign, provider)
            if provider != ADMIN:
                search_journal(campaign)
        search_pages(campaign)
        search_process(campaign)
        search_files(campaign, folder)
    if server is not None:
        # The tables in its memory too. Its log is not overwritten before 2 GB.
        with psycopg.connect(database["PROFILEGATE_DATABASE"], autocommit=True) as connection:
            connection.execute("CHECKPOINT")
    search_files(campaign, folder, server)
    shown = b"\n".join(text.encode() for text in reprs().values())
    campaign.place("repr of records and settings").search(shown, {MARK: MARK.encode()})
    return result_of(campaign, provoked)


# --- What is written -----------------------------------------------------------------------


def link_everybody(campaign: Campaign) -> None:
    """One person with an account and a credential at every provider, all of canaries."""
    canaries = campaign.canaries
    profile = campaign.admin("POST", "/profiles", {"name": {"given": canaries.word()}})
    campaign.paths["profile_id"] = profile["id"]
    for provider, need in OWNERS.items():
        external_id = _external_id(provider, canaries)
        new: dict[str, Any] = {
            "provider": provider,
            "external_id": external_id,
            "fields": {**need["fields"]},
        }
        known = {"external id": external_id}
        if "tenant" in need:
            new["tenant"] = known["tenant"] = canaries.word()
        else:
            new["fields"]["login"] = known["login"] = canaries.address()
        campaign.admin("POST", f"/profiles/{profile['id']}/accounts", new)
        holders = [{"tenant": new["tenant"]} if "tenant" in new else {"external_id": external_id}]
        if provider == "diadoc":
            holders.append({})
        shown: dict[str, str] = {}
        for holder in holders:
            issued = campaign.admin("POST", "/credentials", {"provider": provider, **holder})
            shown |= issued["shown"]
        campaign.shown[provider] = shown
        campaign.paths[provider] = external_id
        whole = {**known, **shown}
        campaign.identities[provider] = _named_forms(provider, whole)
        campaign.secrets |= _named_forms(provider, shown)


def write_everything(campaign: Campaign, provider: str) -> None:
    """Each text of each example body of a provider, replaced by a canary that is accepted."""
    for draft in drafts(campaign, provider):
        if not isinstance(draft.body, dict):
            campaign.send(provider, draft)
            continue
        body = copy.deepcopy(draft.body)
        for container, key in leaves(body):
            original = container[key]
            for canary in campaign.canaries.like(original):
                container[key] = canary
                if campaign.send(provider, replace(draft, body=body)).status < 300:
                    campaign.stored += 1
                    break
                container[key] = original


def provoke_errors(campaign: Campaign, provider: str) -> None:
    """Canaries where they are errors: paths, queries, headers, keys, bodies, credentials."""
    word = campaign.canaries.word
    for draft in drafts(campaign, provider):
        headers = draft.headers
        body = draft.body if isinstance(draft.body, dict) else {}
        for broken in (
            replace(draft, path=f"{draft.path}/{word()}"),
            replace(draft, path=_last_changed(draft.path, word())),
            replace(draft, query=f"{word()}={word()}&type={word()}&limit={word()}&cursor={word()}"),
            replace(draft, query=f"login={campaign.canaries.address()}&password={word()}"),
            replace(draft, headers=[*headers, ("Accept", f"{word()}/x"), ("If-Match", word())]),
            replace(draft, headers=[("Content-Type", f"application/json; charset={word()}")]),
            replace(draft, headers=[("Content-Type", f"{word()}/{word()}")]),
            replace(draft, body={**body, word(): {word(): [word(), campaign.canaries.number()]}}),
            replace(draft, body={name: [word()] for name in body} or {word(): word()}),
            replace(draft, body={name: word() * 50 for name in body} or [word()]),
            replace(draft, body=f'{{"{word()}": "{word()}'.encode()),
            replace(draft, body=json.dumps([word()] * 3).encode()),
            replace(draft, method="TRACE"),
        ):
            campaign.send(provider, broken)


def present_wrong_ones(campaign: Campaign, provider: str) -> None:
    """Canaries as credentials; last, because many of them lock this peer out."""
    word = campaign.canaries.word
    presentation = PRESENTATIONS[provider]
    for draft in drafts(campaign, provider):
        sent = texts_for(presentation, campaign.shown[provider], draft, schemes_of(draft))
        for place in presentation.places:
            wrong = {name: word() + campaign.canaries.number() for name in sent}
            campaign.send(provider, placed(presentation, draft, place, wrong), is_signed=False)


def fail_unexpectedly(campaign: Campaign, provider: str) -> None:
    """Every operation while the store raises errors that quote their arguments."""
    for draft in drafts(campaign, provider):
        campaign.send(provider, draft)


def use_commands(campaign: Campaign, folder: Path, database: Mapping[str, str]) -> None:
    """Commands: accepted values, rejected ones, a backup and a rotation of the master key.

    A database in PostgreSQL is backed up by PostgreSQL's own programs; the command says so.
    """
    canaries = campaign.canaries
    person = f"navixy:{campaign.paths['navixy']}"
    backup = str(folder / "backup.db")
    for is_error, command in (
        (False, ("profiles", "set", person, f"name.given={canaries.word()}")),
        (False, ("profiles", "set", person, f"email={canaries.address()}")),
        (True, ("profiles", "set", person, f"phone={canaries.word()}")),
        (True, ("profiles", "set", person, f"birth.date={canaries.word()}")),
        (True, ("profiles", "set", person, f'documents.virtual=[{{"{canaries.word()}":1}}]')),
        (True, ("accounts", "set", person, f"login={canaries.address()}")),
        (bool(database), ("backup", backup)),
        (False, ("keys", "rotate")),
        (False, ("audit",)),
    ):
        done = run_command(folder, *command, settings=database)
        assert is_error == bool(done.returncode), (command, done.stderr)
        said = (done.stdout + done.stderr).encode()
        if is_error or command[0] in ("backup", "keys", "audit"):
            name = "messages of commands" if is_error else "reports of commands"
            campaign.place(name).search(said, {**MARKS, **campaign.secrets})


def drafts(campaign: Campaign, provider: str) -> Iterator[Draft]:
    """Every example request of a provider, for the account of canaries."""
    for operation in SPECS[provider].operations():
        if operation.method == "DELETE":
            continue
        for draft in valid_drafts(SPECS[provider], operation):
            path = operation.paths[0]
            own = {"provider": "kraken", "external_id": campaign.paths["kraken"], "version": "2"}
            for parameter in operation.parameters:
                if parameter.location == "path":
                    name = parameter.name
                    value = campaign.paths.get(name) or own.get(name)
                    value = value or campaign.paths.get(provider, "1")
                    path = path.replace(f"{{{name}}}", quote(value, safe=""))
            draft.is_authenticated = False
            body = draft.body
            if isinstance(body, dict):
                body = {name: each for name, each in body.items() if name != "hash"}
            yield replace(draft, path=path, body=body)


# --- Where it is searched ------------------------------------------------------------------


def search_pages(campaign: Campaign) -> None:
    """Pages and specs."""
    for path in ("/", *(f"/docs/{name}" for name in SPECS), *_spec_paths(), "/nowhere"):
        response = campaign.process.send("GET", path)
        needles = {**MARKS, **campaign.secrets}
        campaign.place("pages and specs").search(response.body, needles)


def search_journal(campaign: Campaign) -> None:
    """The journal, its archive, and the explanation of each request that was rejected."""
    needles = {**MARKS, **campaign.secrets}
    path: str | None = "/journal?limit=100"
    while path is not None:
        page = campaign.get(path)
        for exchange in page["exchanges"]:
            campaign.place("the journal").search(_without_unmarked(campaign, exchange), needles)
            if exchange["outcome"] == "rejected":
                told = campaign.get(f"/journal/{exchange['id']}/explain")
                campaign.place("explanations").search(_without_unmarked(campaign, told), needles)
        path = f"/journal?limit=100&cursor={page['previous']}" if "previous" in page else None
    archive = campaign.get("/journal/har?limit=1000")
    campaign.place("the journal as HAR").search(_without_unmarked(campaign, archive), needles)


UNMARKED = re.compile(
    r"""(/users/|\\?"(?:id|number_of_employee|transaction_frequency|user_relationship|user_scope)"""
    r"""\\?": ?\\?")[^"?\\]*"""
)
"""What no spec marks as personal, but takes any text: Machnet's user ids, and four fields."""


def _without_unmarked(campaign: Campaign, document: Any) -> bytes:
    """What an admin sees, without the accounts' ids and the texts that no spec marks."""
    text = UNMARKED.sub(r"\1", json.dumps(document))
    for external_id in map(campaign.paths.get, campaign.identities):
        text = text.replace(external_id or "-", "-")
    return text.encode()


def _spec_paths() -> Iterator[str]:
    return (f"/specs/{name}.{form}" for name in SPECS for form in ("yaml", "json"))


def search_process(campaign: Campaign) -> None:
    """What ``ps`` shows of the gateway."""
    command = Path(f"/proc/{campaign.process.process.pid}/cmdline").read_bytes()
    campaign.place("arguments of the process").search(command, {**MARKS, **campaign.secrets})


def search_files(campaign: Campaign, folder: Path, server: Path | None = None) -> None:
    """Every file that the gateway or its database wrote; the master key in all others too."""
    keys = [path for path in folder.rglob("*.key*") if path.is_file()]
    master = {
        f"master key {name}": form for path in keys for name, form in _key_forms(path).items()
    }
    places = {path: f"the file {path.name}" for path in folder.rglob("*")}
    places |= {folder / LOG: "the log at debug level"} | dict.fromkeys(keys, "key files")
    if server is not None:
        for path in server.rglob("*"):
            (top, *_) = path.relative_to(server).parts
            places[path] = POSTGRESQL_FILES.get(top, "PostgreSQL's other files")
    for path in filter(Path.is_file, places):
        needles = {**MARKS, **campaign.secrets, **({} if path in keys else master)}
        campaign.place(places[path]).search(path.read_bytes(), needles)


def _key_forms(path: Path) -> dict[str, bytes]:
    return forms(path.read_text("latin-1").strip())


# --- Small things --------------------------------------------------------------------------


def _external_id(provider: str, canaries: Canaries) -> str:
    if provider == "navixy":
        return canaries.number(17)
    return canaries.word().upper() + DIGITS if provider == "kraken" else canaries.uuid()


def _named_forms(provider: str, texts: dict[str, str]) -> dict[str, bytes]:
    return {
        f"{provider} {what}: {name}": form
        for what, text in texts.items()
        for name, form in forms(text).items()
    }


def _last_changed(path: str, last: str) -> str:
    return f"{path.rpartition('/')[0]}/{last}"


def result_of(campaign: Campaign, provoked: int) -> Result:
    """What was found, and where was searched."""
    result = Result(
        "Canaries",
        f"{campaign.canaries.made:,} unique values that look like personal data or secrets, "
        f"{campaign.stored:,} of them stored: in every text of every example body, in paths, "
        "queries, headers, keys, credentials, settings and commands; all linked to one person with "
        "an account at every provider. Each place is searched for them as text, UTF-16, hex, "
        "base64 and percent-encoded, and for the secrets that the gateway made.",
        not_shown="memory and core dumps; values shorter than seven characters, such as dates; "
        "what a mail server or a reverse proxy logs.",
    )
    for name, place in sorted(campaign.places.items()):
        found = sum(place.found.values())
        if found:
            print(f"  {name}: {place.found.most_common(5)}")
        result.add(
            f"found in {name}",
            "0",
            f"{found} in {place.size:,} bytes",
            is_good=not found and place.size > 0,
        )
    result.add("unexpected errors provoked", "> 0", f"{provoked:,}", is_good=provoked > 0)
    result.count("other unexpected errors", campaign.failed)
    return result
