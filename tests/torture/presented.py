"""How the clients of each provider present their credentials, and credentials in every state."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from profilegate.admin import accounts, credentials, profiles
from profilegate.admin.context import Admin
from profilegate.admin.seed_files import read_demo_data
from profilegate.store import DEFAULT_NAMESPACE, AccountKey, Origin
from tests.clients import kraken_signature
from tests.running_gateway import RunningGateway
from tests.torture.hostile_requests import Draft

Texts = dict[str, str]
"""What a client sends as its credential, by the name of its header or field."""


@dataclass(frozen=True, slots=True)
class Presentation:
    """How one provider's clients present a credential.

    ``texts`` makes what is sent for a request of what was issued (``shown``) and a nonce;
    ``places`` are the documented places, each a function that puts the texts into a request.
    ``caseless`` are the texts whose case does not matter, ``identities`` those that are no secrets.
    ``may_be_quoted`` is whether quotation marks round a text do not count. ``others`` are further
    ways to present a credential of another kind.
    """

    texts: Callable[[Mapping[str, str], Draft, str], Texts]
    places: Mapping[str, Callable[[Draft, Texts], None]]
    caseless: frozenset[str] = frozenset()
    identities: frozenset[str] = frozenset()
    may_be_quoted: bool = False
    others: "tuple[Presentation, ...]" = ()


def _as_shown(shown: Mapping[str, str], draft: Draft, nonce: str) -> Texts:
    return dict(shown)


def _only(*names: str) -> Callable[[Mapping[str, str], Draft, str], Texts]:
    return lambda shown, draft, nonce: {name: shown[name] for name in names}


def _signed(shown: Mapping[str, str], draft: Draft, nonce: str) -> Texts:
    """Kraken's signature of the whole request."""
    # What a server reads: the bytes of a header are Latin-1.
    read = nonce.encode("utf-8", "surrogateescape").decode("latin-1")
    body = _with_nonce(draft, read).body_bytes
    signature = kraken_signature(shown["private_key"], draft.target, read, body)
    return {"API-Key": shown["API-Key"], "API-Nonce": nonce, "API-Sign": signature}


def _headers(draft: Draft, texts: Texts) -> None:
    draft.headers += texts.items()


def _kraken_headers(draft: Draft, texts: Texts) -> None:
    draft.body = _with_nonce(draft, texts.get("API-Nonce", "")).body
    _headers(draft, texts)


def _with_nonce(draft: Draft, nonce: str) -> Draft:
    """The request with its nonce in the body too, as Embed v1 has it."""
    is_v1 = draft.path.startswith("/0/") and isinstance(draft.body, dict)
    return replace(draft, body={**draft.body, "nonce": nonce}) if is_v1 else draft


def _authorization(scheme: str, *, named: bool = False) -> Callable[[Draft, Texts], None]:
    def place(draft: Draft, texts: Texts) -> None:
        fields = (f"{name}={text}" if named else text for name, text in texts.items())
        draft.headers.append(("Authorization", f"{scheme} {','.join(fields)}"))

    return place


def _query(draft: Draft, texts: Texts) -> None:
    more = "&".join(f"{name}={_escaped(text)}" for name, text in texts.items())
    draft.query = f"{draft.query}&{more}".lstrip("&")


def _body(draft: Draft, texts: Texts) -> None:
    if isinstance(draft.body, dict):
        draft.body = {**draft.body, **texts}
    else:
        _query(draft, texts)


def _escaped(text: str) -> str:
    raw = text.encode("utf-8", "surrogateescape")
    return "".join(
        chr(each) if chr(each).isalnum() and each < 128 else f"%{each:02X}" for each in raw
    )


PRESENTATIONS: Mapping[str, Presentation] = defaultdict(
    lambda: Presentation(_as_shown, {"headers": _headers}),
    {
        "navixy": Presentation(
            _as_shown,
            {"header": _authorization("NVX"), "query": _query, "body": _body},
            caseless=frozenset({"hash"}),
        ),
        "machnet": Presentation(
            _as_shown, {"headers": _headers}, identities=frozenset({"X-Client-Id"})
        ),
        "diadoc": Presentation(
            _only("ddauth_api_client_id", "ddauth_token"),
            {"header": _authorization("DiadocAuth", named=True)},
            identities=frozenset({"ddauth_api_client_id"}),
            may_be_quoted=True,
            others=(Presentation(_only("access_token"), {"bearer": _authorization("Bearer")}),),
        ),
        "kraken": Presentation(
            _signed, {"headers": _kraken_headers}, identities=frozenset({"API-Key", "API-Nonce"})
        ),
        "profiles": Presentation(_as_shown, {"header": _authorization("Bearer")}),
    },
)
"""By provider; of another one, what is issued is sent in headers of the same names."""

ONLY: Mapping[str, str] = {"DiadocClient": "ddauth_api_client_id"}
"""Security schemes that ask for one of the texts alone."""


def presentations(provider: str, schemes: frozenset[str]) -> tuple[Presentation, ...]:
    """Every way in which a provider's clients present a credential for some schemes."""
    first = PRESENTATIONS[provider]
    return (first,) if schemes & ONLY.keys() else (first, *first.others)


@dataclass(slots=True)
class Issued:
    """The credentials of one provider: a valid one, and parts that are not valid (any more).

    ``good`` has all texts; ``bad`` has, for each state, what replaces a part of them.
    """

    good: Mapping[str, str]
    stranger: Mapping[str, str] | None = None
    """Valid, but of a tenant that owns no account."""
    bad: dict[str, Mapping[str, str]] = field(default_factory=dict)


def issue_all(running: RunningGateway, admin_token: str) -> dict[str, Issued]:
    """Issue credentials in every state at every provider."""
    issued = {
        name: _issue(running, name)
        for name, provider in running.providers.items()
        if provider.policy is not None
    }
    running.clock.advance(timedelta(hours=2))
    for name in running.providers.keys() - issued.keys():
        issued[name] = Issued({"token": admin_token})
    return issued


def _issue(running: RunningGateway, provider: str) -> Issued:
    """Issue each kind of a provider's credentials for the first account of the demo data."""
    admin = admin_of(running)
    elsewhere = admin_of(running, "elsewhere")
    account = next(
        account
        for person in read_demo_data()["people"]
        for account in person["accounts"]
        if account["provider"] == provider
    )
    policy = admin.policy(provider)
    good: dict[str, str] = {}
    found = Issued(good)
    erased = AccountKey(admin.namespace, provider, _other_id(account["id"]))
    own = {name: "x" for name, value in policy.default_fields.items() if value is None}
    running.create(provider, erased.external_id, own, account.get("tenant"))

    is_elsewhere = False
    for issuer in policy.issuers:
        tenant = account["tenant"] if issuer.holder == "tenant" else None
        external_id = account["id"] if issuer.holder == "account" else None
        new = credentials.NewCredential(provider, tenant, external_id)

        kind = issuer.kind

        def issue(
            new: credentials.NewCredential, by: Admin = admin, kind: str = kind
        ) -> credentials.Issued:
            return running.run(credentials.issue(by, replace(new, kind=kind)))

        good |= issue(new).shown
        revoked, replaced = issue(new), issue(new)
        running.run(credentials.revoke(admin, revoked.info.id))
        running.run(credentials.replace(admin, replaced.info.id))
        soon = running.clock() + timedelta(hours=1)
        expired = issue(credentials.NewCredential(provider, tenant, external_id, soon))
        bad = {"revoked": revoked, "replaced": replaced, "expired": expired}
        if external_id is None:
            bad["of another namespace"] = issue(new, elsewhere)
        else:
            if not is_elsewhere:
                running.run(_create_elsewhere(elsewhere, provider, account))
            is_elsewhere = True
            bad["of another namespace"] = issue(new, elsewhere)
            of_erased = credentials.NewCredential(provider, None, erased.external_id)
            bad["of an erased profile"] = issue(of_erased)
        if tenant is not None:
            found.stranger = issue(credentials.NewCredential(provider, "stranger")).shown
        found.bad |= {f"{issuer.kind} {state}": each.shown for state, each in bad.items()}
    profile = running.run(accounts.profile_of(admin, erased))
    running.run(profiles.erase(admin, profile.id))
    return found


def _other_id(external_id: str) -> str:
    """An external id of the same form."""
    return external_id[:-1] + ("8" if external_id[-1] == "9" else "9")


async def _create_elsewhere(admin: Admin, provider: str, account: dict[str, str]) -> None:
    own = {
        name: f"x@{admin.namespace}.example"
        for name, value in admin.policy(provider).default_fields.items()
        if value is None
    }
    new = accounts.NewAccount(provider, account["id"], account.get("tenant"), fields=own)
    await accounts.create(admin, new)


def admin_of(running: RunningGateway, namespace: str | None = None) -> Admin:
    """An admin of a running gateway, in its namespace or another one."""
    return Admin(
        running.store,
        running.providers,
        namespace or DEFAULT_NAMESPACE,
        Origin("command line", "torture", "torture"),
        running.clock,
    )
