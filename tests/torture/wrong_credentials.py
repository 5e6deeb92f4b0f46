"""Wrong credentials: every way in which a request's credential can be wrong."""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import replace

from tests.torture.hostile_requests import Draft
from tests.torture.presented import (
    ONLY,
    PRESENTATIONS,
    Issued,
    Presentation,
    Texts,
    presentations,
)

NONCE = "5000"

WRONG_NONCES: Mapping[str, str] = {
    "old": "1", "equal": NONCE, "zero": "0", "negative": "-1", "2^64": str(2**64),
    "huge": "9" * 400, "a sign": "+5001", "a fraction": "5001.0", "hexadecimal": "0x1389",
    "a power": "6e3", "full-width digits": "５００１", "Arabic digits": "٥٠٠١", "a blank": "50 01",
    "an underscore": "5_001", "21 digits": "0" * 17 + "5001", "a superscript": "500²",
    "a superscript in one byte": "500\udcb2", "a blank byte": "5001\udca0",
}  # fmt: skip
"""Each is signed as a good one would be; NONCE was used."""

Form = tuple[str, Draft]


def wrong_requests(
    provider: str, plain: Draft, schemes: frozenset[str], everybody: Mapping[str, Issued]
) -> Iterator[Form]:
    """
    A request with every wrong credential, each with its name.

    ``plain`` has none; ``schemes`` are the security schemes that the operation asks for.
    """
    yield "missing", copy.deepcopy(plain)
    yield from _of_others(provider, plain, everybody)
    for presentation in presentations(provider, schemes):
        yield from _wrong(presentation, everybody[provider], plain, schemes)


def _wrong(
    presentation: Presentation, issued: Issued, plain: Draft, schemes: frozenset[str]
) -> Iterator[Form]:
    good = texts_for(presentation, issued.good, plain, schemes)
    for state, part in issued.bad.items():
        shown = {**issued.good, **part}
        if (texts := texts_for(presentation, shown, plain, schemes)) != good:
            yield from _placed(presentation, plain, state, texts)
    for what, texts in _changed(presentation, good):
        yield from _placed(presentation, plain, what, texts)
    yield from _of_other_requests(presentation, issued.good, plain, schemes)
    yield from _elsewhere(presentation, plain, good)
    yield from _twice(presentation, plain, good)


def texts_for(
    presentation: Presentation,
    shown: Mapping[str, str],
    draft: Draft,
    schemes: frozenset[str],
    nonce: str = NONCE,
) -> Texts:
    """What a client sends of what was issued, for the schemes of an operation."""
    texts = presentation.texts(shown, draft, nonce)
    only = [ONLY[scheme] for scheme in schemes if scheme in ONLY]
    return {name: texts[name] for name in only} if only else texts


def placed(presentation: Presentation, draft: Draft, place: str, texts: Texts) -> Draft:
    """The request with the texts in one of their documented places."""
    draft = copy.deepcopy(draft)
    presentation.places[place](draft, texts)
    return draft


def _placed(presentation: Presentation, plain: Draft, what: str, texts: Texts) -> Iterator[Form]:
    for place in presentation.places:
        yield f"{what} ({place})", placed(presentation, plain, place, texts)


def _of_others(provider: str, plain: Draft, everybody: Mapping[str, Issued]) -> Iterator[Form]:
    """The valid credentials of every other provider: in its places, and in those of this one."""
    for name, issued in everybody.items():
        if name == provider:
            continue
        other = PRESENTATIONS[name]
        theirs = texts_for(other, issued.good, plain, frozenset())
        for place in other.places:
            yield f"of {name} ({place})", placed(other, plain, place, theirs)
        own = PRESENTATIONS[provider]
        names = texts_for(own, everybody[provider].good, plain, frozenset())
        for text in theirs.values():
            yield from _placed(own, plain, f"text of {name}", dict.fromkeys(names, text))


def _changed(presentation: Presentation, good: Texts) -> Iterator[tuple[str, Texts]]:
    """The good texts with one of them changed."""
    for name, text in good.items():
        middle = len(text) // 2
        other = "0" if text[0] != "0" else "1"
        changes = {
            "empty": "", "a blank": " ", "its name": name, "null": "null", "a star": "*",
            "without its first character": text[1:], "without its last character": text[:-1],
            "its first character": text[:1], "the first half": text[:middle],
            "one character more": f"{text}0", "one character before": f"0{text}",
            "another first character": other + text[1:],
            "a blank inside": f"{text[:middle]} {text[middle:]}",
            "a tab inside": f"{text[:middle]}\t{text[middle:]}",
            "a no-break space before": f"\udca0{text}", "a no-break space after": f"{text}\udca0",
            "a next-line character after": f"{text}\udc85",
            "a byte that is not ASCII": f"{text[:-1]}\udcff", "an accent": f"{text[:-1]}é",
            "quoted": f'"{text}"', "in brackets": f"<{text}>", "doubled": text * 2,
            "doubled with a comma": f"{text},{text}", "a semicolon after": f"{text};",
            "SQL": "' OR '1'='1", "a path": "../../../etc/passwd", "long": text * 60,
            "backwards": text[::-1], "zeros": "0" * len(text),
            "percent-encoded": f"{text[:-1]}%{ord(text[-1]):02X}",
        }  # fmt: skip
        if presentation.may_be_quoted:
            del changes["quoted"]
        if name not in presentation.caseless:
            changes["another case"] = text.swapcase()
        for what, value in changes.items():
            if value != text:
                yield f"{name}: {what}", {**good, name: value}
        if len(good) > 1:
            yield f"{name}: missing", {each: good[each] for each in good if each != name}
    if len(good) > 1:
        names = list(good)
        turned = {name: good[names[at - 1]] for at, name in enumerate(names)}
        yield "each in the place of another", turned


def _escaped_once(path: str) -> str:
    """A path with its last letter escaped: the same path, in other bytes."""
    return f"{path[:-1]}%{ord(path[-1]):02X}"


def _of_other_requests(
    presentation: Presentation, shown: Mapping[str, str], plain: Draft, schemes: frozenset[str]
) -> Iterator[Form]:
    """Signatures of other requests, and right signatures with a wrong nonce."""
    if texts_for(presentation, shown, plain, schemes, "1") == texts_for(
        presentation, shown, plain, schemes, "2"
    ):
        return
    others = {
        "signed for a path below": replace(plain, path=f"{plain.path}/x"),
        "signed for another case of the path": replace(plain, path=plain.path.swapcase()),
        "signed for an escaped path": replace(plain, path=_escaped_once(plain.path)),
        "signed for a query": replace(plain, query="a=1"),
        "signed for an empty query": replace(plain, path=f"{plain.path}?"),
        "signed for a host": replace(plain, path=f"http://gateway{plain.path}"),
        "signed for another body": replace(plain, body=b'{"full_name":{}}'),
        "signed for the body and a line": replace(plain, body=plain.body_bytes + b"\n"),
    }
    for what, other in others.items():
        texts = texts_for(presentation, shown, other, schemes, "6000")
        yield from _placed(presentation, plain, what, texts)
    texts = texts_for(presentation, shown, plain, schemes, "6000")
    yield from _placed(presentation, plain, "signed for another nonce", {**texts, **_next(texts)})
    for what, nonce in WRONG_NONCES.items():
        texts = texts_for(presentation, shown, plain, schemes, nonce)
        yield from _placed(presentation, plain, f"nonce: {what}", texts)


def _next(texts: Texts) -> Texts:
    return {name: "6001" for name, text in texts.items() if text == "6000"}


def _elsewhere(presentation: Presentation, plain: Draft, good: Texts) -> Iterator[Form]:
    """The good texts in places where they do not count."""
    pairs = list(good.items())
    is_known = {"query", "body"} & presentation.places.keys()
    cookie = "; ".join(f"{name}={text}" for name, text in pairs)
    yield "in a cookie", _with(plain, ("Cookie", cookie))
    yield "in other headers", _with(plain, *((f"X-Forwarded-{name}", text) for name, text in pairs))
    yield "for a proxy", _with(plain, *(("Proxy-Authorization", text) for _, text in pairs))
    yield "as a basic credential", _with(plain, ("Authorization", f"Basic {pairs[-1][1]}"))
    yield "as a digest", _with(plain, ("Authorization", f"Digest {pairs[-1][1]}"))
    if "Authorization" not in good:
        yield "without a scheme", _with(plain, ("Authorization", pairs[-1][1]))
    tokens = "&".join(f"access_token={text}" for _, text in pairs)
    yield "as an access token", replace(plain, query=f"{plain.query}&{tokens}")
    for change in (str.upper, str.title, lambda name: f"{name}[]", lambda name: f"{name}%20"):
        named = "&".join(f"{change(name)}={text}" for name, text in pairs)
        yield "in the query, other names", replace(plain, query=f"{plain.query}&{named}")
        if isinstance(plain.body, dict):
            body = {**plain.body, **{change(name): text for name, text in pairs}}
            yield "in the body, other names", replace(plain, body=body)
    if not is_known:
        named = "&".join(f"{name}={text}" for name, text in pairs)
        yield "in the query", replace(plain, query=f"{plain.query}&{named}")
        if isinstance(plain.body, dict):
            yield "in the body", replace(plain, body={**plain.body, **good})


def _twice(presentation: Presentation, plain: Draft, good: Texts) -> Iterator[Form]:
    """The good texts twice in one place, or beside wrong ones, in both orders.

    A member of a JSON object cannot stand twice, so a body is tried in front of another place.
    """
    wrong = {name: "0" * len(text) for name, text in good.items()}
    for place in presentation.places:
        if place == "body" and isinstance(plain.body, dict):
            for other in presentation.places.keys() - {"body"}:
                draft = placed(presentation, plain, place, wrong)
                yield (
                    f"wrong in the body, good in the {other}",
                    placed(presentation, draft, other, good),
                )
            continue
        for what, first, second in (
            ("twice", good, good),
            ("good, then wrong", good, wrong),
            ("wrong, then good", wrong, good),
        ):
            draft = placed(presentation, plain, place, first)
            yield f"{what} ({place})", placed(presentation, draft, place, second)


def _with(plain: Draft, *headers: tuple[str, str]) -> Draft:
    return replace(plain, headers=[*plain.headers, *headers])
