"""Where the gateway and stock Connexion differ, and why: the whole list.

Each entry is a sentence and the requests that it speaks of. What we reject beyond stock is told
by our own error (every single violation of it must be on the list), what we accept beyond stock by
the request. The test wants every difference on the list, and every entry used.

Most reasons hold only for requests that are not meant well, as the corpus knows without us. What
rejects good calls as well has a list of its own, and no reason on any list may cover more than a
small part of one operation's good calls: so none can hide an operation.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from profilegate import errors
from profilegate.errors import InvalidFieldsError, ProfilegateError, Violation
from profilegate.http.negotiation import is_json
from tests.clients import NAVIXY_HASH_WITHOUT_PLUGIN
from tests.differential.asking import Asked
from tests.differential.meaning import says_another
from tests.differential.sent import FORM, PROTOBUF, Sent

Ground = ProfilegateError | Violation
"""One ground on which a request is rejected: an error, or one violation of several."""

OfGround = Callable[[Sent, Ground], bool]
OfRequest = Callable[[Asked], bool]


def _is(*kinds: type[ProfilegateError]) -> OfGround:
    return lambda sent, ground: isinstance(ground, kinds)


def _lets_nobody_in(sent: Sent) -> bool:
    """Whether a request is meant to come with a credential that is not the right one."""
    return sent.what.startswith("credentials: ") or says_another(sent)


def _lacks_plugin(sent: Sent) -> bool:
    """Whether a request comes with Navixy's API key that is no session and has no plugin."""
    return NAVIXY_HASH_WITHOUT_PLUGIN in sent.target + sent.body.decode("latin-1")


def _unread(*words: str) -> OfGround:
    """Bodies that cannot be read, by what was sent."""
    return lambda sent, ground: (
        isinstance(ground, errors.BodyUnreadableError) and sent.what.startswith(words)
    )


def _rule(rule: str, media_type: str | None = None) -> OfGround:
    return lambda sent, ground: (
        isinstance(ground, Violation)
        and ground.rule == rule
        and media_type in (None, sent.media_type)
    )


ERROR_RESPONSES_OF_BAD_CALLS: Mapping[str, OfGround] = {
    # --- What is no body.
    "NaN and infinities are no JSON; Python's own parser takes them.": _unread("NaN", "Infinity"),
    "A lone surrogate is no text that UTF-8 can hold.": _unread("a lone surrogate"),
    "A key that stands twice is ambiguous: parsers disagree on which one counts.": _unread(
        "a key twice"
    ),
    "A number that no double holds would be another number, or infinite, to its reader.": _unread(
        "a number"
    ),
    "More than 64 levels are an attack on a parser's stack.": _unread("65 levels"),
    "A query is UTF-8 as well; stock only reads the parameters that it knows.": _unread(
        "a query that is no UTF-8"
    ),
    "Protobuf is read and checked; stock has no validator for it and lets everything through.": (
        lambda sent, ground: (
            (isinstance(ground, Violation | errors.BodyUnreadableError))
            and sent.operation in ("authenticate", "update_my_user")
            and (sent.media_type or PROTOBUF) == PROTOBUF
        )
    ),
    # --- What is no value.
    "Formats are really checked: date, date-time, email and uuid.": _rule("format"),
    # --- Media types.
    "A packed body is not unpacked; stock looks at no Content-Encoding.": lambda sent, ground: (
        isinstance(ground, errors.MediaTypeUnsupportedError)
        and any(name == "Content-Encoding" for name, _ in sent.headers)
    ),
    "A JSON body in another charset than UTF-8 is not spoken.": lambda sent, ground: (
        isinstance(ground, errors.MediaTypeUnsupportedError)
        and "charset=" in (sent.media_type or "").lower()
    ),
    # --- Who calls: stock only asks whether the spec's headers are there, whatever they say.
    "A credential must be in its form, known, and its secret right.": lambda sent, ground: (
        isinstance(
            ground,
            errors.CredentialMissingError
            | errors.CredentialMalformedError
            | errors.CredentialUnknownError,
        )
        and _lets_nobody_in(sent)
    ),
    "Kraken's signature must fit the raw request.": _is(errors.SignatureWrongError),
    "HEAD is not served where GET changes something.": lambda sent, ground: (
        isinstance(ground, errors.MethodNotAllowedError) and sent.method == "HEAD"
    ),
    "Kraken's nonce must rise.": _is(errors.NonceNotIncreasingError),
    # --- What the providers say beside their schemas, for which stock has no place.
    "A login needs its password.": lambda sent, ground: (
        isinstance(ground, errors.LoginWrongError) and says_another(sent)
    ),
    "Each operation has a largest body.": _is(errors.BodyTooLargeError),
    "A query's parameter that appears twice is ambiguous; stock takes the last.": _is(
        errors.ParameterRepeatedError
    ),
    "Only users who are there, and are the caller's own, can be called.": _is(
        errors.AccountUnknownError
    ),
    "Navixy's update needs a plugin.": lambda sent, ground: (
        isinstance(ground, errors.RequirementUnmetError) and _lacks_plugin(sent)
    ),
    "A user of Diadoc reads only their own organizations and boxes.": lambda sent, ground: (
        type(ground).__name__ in ("OrganizationDeniedError", "BoxDeniedError")
        and says_another(sent)
    ),
    "An API key is no session that could be ended or renewed.": lambda sent, ground: (
        type(ground).__name__ == "ApiKeyIsNoSessionError" and _lacks_plugin(sent)
    ),
}
"""Reasons for requests that are not meant well; never for one that is."""


ERROR_RESPONSES_OF_ANY_CALL: Mapping[str, OfGround] = {
    "Locked fields take no new value.": _is(errors.FieldsLockedError),
    "A document without its value, or with a mask, must name a stored one.": _is(
        errors.DocumentsWithoutValueError
    ),
    "A tenant's name for a user is taken once.": _is(errors.ReferenceTakenError),
}
"""What no schema can say, for it hangs on what is stored: good calls meet it as well."""

FURTHER_ERROR_RESPONSES: Mapping[str, OfGround] = {
    **ERROR_RESPONSES_OF_BAD_CALLS,
    **ERROR_RESPONSES_OF_ANY_CALL,
}


FURTHER_ACCEPTANCES: Mapping[str, OfRequest] = {
    "Stock takes a body without Content-Length for none (its issue 2020).": lambda asked: (
        asked.sent.is_chunked
    ),
    "Diadoc's page writes `application/json charset=utf-8`, without the semicolon.": lambda asked: (
        asked.sent.media_type == "application/json charset=utf-8"
    ),
    "Diadoc reads JSON under its other names too, and any other body as protobuf.": (
        lambda asked: asked.sent.spec == "diadoc" and is_json(asked.sent.media_type or "")
    ),
    "Navixy takes null in JSON for not sent.": lambda asked: (
        asked.sent.spec == "navixy" and b": null" in asked.sent.body
    ),
    "A body that is not required may be empty under a media type; stock rejects that.": (
        lambda asked: (
            not asked.sent.body and asked.sent.spec == "navixy" and asked.sent.method == "POST"
        )
    ),
    "Stock breaks with 500 on a form whose value is a boolean's word.": lambda asked: (
        asked.stock >= 500 and asked.sent.media_type == FORM
    ),
}


def grounds(error: ProfilegateError | None) -> Iterator[Ground]:
    """Why a request was rejected: each violation by itself."""
    if isinstance(error, InvalidFieldsError):
        yield from error.violations
    elif error is not None:
        yield error


def reasons_to_reject(asked: Asked) -> set[str] | None:
    """The reasons on the list for a further error response; None if one ground of it is not
    listed."""
    listed = ERROR_RESPONSES_OF_ANY_CALL if asked.sent.is_good else FURTHER_ERROR_RESPONSES
    found = set()
    for ground in grounds(asked.error):
        reason = next((why for why, of in listed.items() if of(asked.sent, ground)), None)
        if reason is None:
            return None
        found.add(reason)
    return found or None


def reason_to_accept(asked: Asked) -> str | None:
    """The reason on the list for a further acceptance."""
    return next((why for why, of in FURTHER_ACCEPTANCES.items() if of(asked)), None)


def counts(asked: Iterable[Asked]) -> Mapping[tuple[str, str], Counter[str]]:
    """How many requests of each operation (spec and id) fall under each reason."""
    found: dict[tuple[str, str], Counter[str]] = {}
    for one in asked:
        found.setdefault((one.sent.spec, one.sent.operation), Counter()).update(reasons(one))
    return found


def reasons(asked: Asked) -> set[str]:
    """The reasons on the lists under which a request falls; none where both say the same."""
    if asked.is_further_error_response:
        return reasons_to_reject(asked) or set()
    reason = reason_to_accept(asked) if asked.is_further_acceptance else None
    return set() if reason is None else {reason}
