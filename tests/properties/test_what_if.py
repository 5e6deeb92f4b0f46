"""A dry run reports what the update itself then does."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profilegate.admin import projections
from profilegate.admin.context import Admin
from profilegate.errors import RequestError
from profilegate.profile.fields import ACCOUNT_PREFIX, DOCUMENTS, Fields
from profilegate.profile.times import utc_now
from profilegate.store import (
    DEFAULT_NAMESPACE,
    AccountKey,
    AccountRecord,
    NewAccount,
    Origin,
    ProfileRecord,
    Update,
    accounts,
    rows,
)
from profilegate.store.sqlite import open_store
from tests.properties.forms import (
    ABSENT,
    FORMS,
    LOCKING,
    PROVIDERS,
    Form,
    at,
    leaves,
    profiles,
    thorough,
)


@dataclass(repr=False)
class People:
    """One store with many people, each known for every provider; the providers beside it.

    ``run`` runs a coroutine where the store lives::

        profile = people.link(fields, "machnet", {"account.status": "VERIFIED"}, form)
    """

    admin: Admin
    runner: asyncio.Runner
    count: int = 0

    def run(self, work: Any) -> Any:
        """Wait for a coroutine."""
        return self.runner.run(work)

    def link(self, fields: Fields, own: dict[str, Fields]) -> ProfileRecord:
        """A new profile with these fields, and an account for every provider with fields of its
        own."""
        self.count += 1
        first: AccountKey | None = None
        fields = {**fields, **copies(fields)}
        for provider, account in own.items():
            key = AccountKey(DEFAULT_NAMESPACE, provider, f"{provider}-{self.count}")
            shared = fields if first is None else {}
            new = NewAccount(key, {**shared, **account}, profile_of=first)
            self.run(self.admin.store.write(accounts.create, new))
            first = first or key
        assert first is not None
        profile: ProfileRecord = self.run(self.admin.store.read(rows.find_of, first))
        return profile


def copies(fields: Fields) -> Fields:
    """The copies of documents with a content each, as a provider sends them."""
    return {
        path: [{**document, rule.value: "a content"} for document in fields[path]]
        for path, rule in DOCUMENTS.items()
        if path in fields and rule.contents
    }


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    """A store in a folder of its own, without any people yet."""
    folder: Path = tmp_path_factory.mktemp("what-if")
    rules = {name: provider.mapping.rules for name, (_, provider) in PROVIDERS.items()}
    with asyncio.Runner() as runner:
        store = open_store(folder / "profiles.db", key_file=folder / "master.key", rules=rules)
        providers = {name: provider for name, (_, provider) in PROVIDERS.items()}
        origin = Origin("test", "", "")
        yield People(Admin(store, providers, DEFAULT_NAMESPACE, origin, utc_now), runner)
        runner.run(store.close())


def required(form: Form) -> Fields:
    """What an account must hold, so that the form is open to it (``x-requires``)."""
    operation = next(o for o in form.spec.operations() if o.id == form.operation)
    return {path: [wanted] for path, wanted in operation.requires}


@st.composite
def linked(draw: st.DrawFn) -> tuple[Form, dict[str, Fields]]:
    """A form, and an account for every provider: one that can use it, the others in any state."""
    acting = draw(st.sampled_from(FORMS))
    own: dict[str, Fields] = {}
    for provider in sorted({form.spec.name for form in FORMS}):
        forms = [form for form in FORMS if form.spec.name == provider]
        form = acting if acting in forms else draw(st.sampled_from(forms))
        states = [{}, *(s for key, (_, s) in LOCKING.items() if key.split()[0] == provider)]
        state = draw(st.sampled_from(states))
        allowed = {} if form is acting and draw(st.integers(0, 9)) == 0 else required(form)
        fields = {**state, **form.own, **allowed}
        own[provider] = {p: v for p, v in fields.items() if p != "account.id"}
    return acting, own


@st.composite
def sent_bodies(draw: st.DrawFn, form: Form) -> Any:
    """A body that the form takes; now and then one that was spoiled."""
    body = draw(form.bodies)
    if draw(st.integers(0, 9)) == 0:
        name = draw(st.sampled_from(sorted(body) or [""]))
        body = {**body, name: draw(st.sampled_from([7.5, "\0", [], {}, [None]]))}
    return body


def comparable(fields: Fields) -> Fields:
    """Fields without the ids that a store gives to new documents."""
    kept = dict(fields)
    for path in DOCUMENTS & kept.keys():
        kept[path] = [{k: v for k, v in item.items() if k != "id"} for item in kept[path]]
    return kept


def shown(people: People, profile: ProfileRecord) -> dict[AccountKey, dict[str, Any]]:
    """What each provider shows, without the ids of documents."""
    return {
        account.key: comparable_body(projection.body)
        for account, projection in zip(
            profile.accounts, projections.projections(people.admin, profile), strict=True
        )
    }


def comparable_body(body: Any) -> dict[str, Any]:
    """A body without the ids of what is in its lists."""
    return {
        name: [{k: v for k, v in item.items() if k != "id"} for item in value]
        if isinstance(value, list) and all(isinstance(item, dict) for item in value)
        else value
        for name, value in body.items()
    }


def in_its_words(provider: str, paths: set[str]) -> set[str]:
    """What a provider calls some paths."""
    return {PROVIDERS[provider][1].mapping.field_names.get(path, path) for path in paths}


@thorough
@given(profiles(), linked(), st.data())
def test_what_is_foretold_is_what_happens(
    people: People, fields: Fields, linked: tuple[Form, dict[str, Fields]], data: st.DataObject
) -> None:
    """
    Taken is what the store takes, rejected what it rejects; the shared fields afterwards are those
    that were foretold, and a provider at which nothing was foretold shows what it showed.
    """
    form, own = linked
    body = data.draw(sent_bodies(form))
    before = people.link(fields, own)
    acting = next(a.key for a in before.accounts if a.key.provider == form.spec.name)
    foretold = people.run(projections.dry_run(people.admin, before, acting, body))
    outcome, *others = foretold.outcomes
    untouched = people.run(people.admin.store.read(rows.find_of, acting))
    is_taken = happens(people, form, acting, body)
    after = people.run(people.admin.store.read(rows.find_of, acting))

    assert before == untouched
    assert ("accepted" if is_taken else "rejected") == outcome.outcome
    assert comparable(after.fields) == comparable(foretold.fields)
    if not is_taken:
        assert ([], before) == (others, after)
        return
    assert in_its_words(acting.provider, changed(before, after)) == set(outcome.fields)
    shown_before, shown_after = shown(people, before), shown(people, after)
    for account in after.accounts:
        at_provider = [v for v in others if v.provider == account.key.provider]
        if account.key != acting and not at_provider:
            assert shown_before[account.key] == shown_after[account.key]
        for outcome in (v for v in at_provider if v.outcome == "not representable"):
            assert not visible(account, set(outcome.fields), shown_after[account.key])


def happens(people: People, form: Form, acting: AccountKey, body: Any) -> bool:
    """Send the update; return whether it was accepted."""
    if not form.accepts(body):
        return False
    operation = next(o for o in form.spec.operations() if o.id == form.operation)
    forms = form.provider.mapping.forms
    update = Update(acting, form.changes(body), requires=operation.requires, forms=forms)
    try:
        people.run(people.admin.store.write(accounts.update, update))
    except RequestError:
        return False
    return True


def changed(before: ProfileRecord, after: ProfileRecord) -> set[str]:
    """The paths that have another value than before, the accounts' own ones among them."""
    old, new = (
        {**p.fields, **{path: v for a in p.accounts for path, v in own(a).items()}}
        for p in (before, after)
    )
    return {path.rpartition(":")[2] for path in old | new if old.get(path) != new.get(path)}


def own(account: AccountRecord) -> Fields:
    """An account's own fields, with the account's name before each path."""
    prefix = account.key.provider
    return {f"{prefix}:{p}": v for p, v in account.fields.items() if p.startswith(ACCOUNT_PREFIX)}


def visible(account: AccountRecord, names: set[str], body: dict[str, Any]) -> set[str]:
    """Which of some fields an account's provider shows; that it has them all is seen to."""
    spec, provider = PROVIDERS[account.key.provider]
    view = provider.mapping.representation_of(account.fields)
    assert view is not None
    words = provider.mapping.field_names
    ways = {
        words[leaf.path]: way
        for way, leaf in leaves(spec, {"$ref": f"#/components/schemas/{view.schema}"})
        if leaf.path in words
    }
    return {name for name in names if at(body, ways[name]) is not ABSENT}
