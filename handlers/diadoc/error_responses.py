"""Kontur Diadoc: our errors in its pages' own sentences, as plain text."""

from profilegate.errors import (
    BodyTooLargeError,
    CredentialError,
    CredentialMalformedError,
    CredentialMissingError,
    CredentialUnknownError,
    FieldsLockedError,
    InvalidFieldsError,
    LoginLinkDeadError,
    LoginLinkUnknownError,
    LoginTakenError,
    LoginWrongError,
    MediaTypeNotSpokenError,
    MethodNotAllowedError,
    ProfilegateError,
    RequestError,
)
from profilegate.gateway.provider import Refusal

from ._generated import FIELD_NAMES
from .auth import CLIENT_FIELD

TEXT = "text/plain; charset=utf-8"

MALFORMED = "Данные в запросе имеют неверный формат или отсутствуют обязательные параметры"
LOCKED = "Изменение подтверждённых данных запрещено"

# Page Authenticate, 401.
CLIENT_UNKNOWN = (
    "В запросе отсутствует HTTP-заголовок Authorization, или в этом заголовке отсутствует параметр "
    "ddauth_api_client_id, или переданный в нем ключ разработчика не зарегистрирован в Диадоке"
)

# The sentences of 400, 401 for a header, both 405 and 500 are the page's; the others are ours.
REFUSALS: dict[type[ProfilegateError], tuple[int, str]] = {
    RequestError: (400, MALFORMED),
    CredentialError: (
        401,
        "В запросе отсутствует HTTP-заголовок Authorization, или в этом заголовке содержатся "
        "некорректные авторизационные данные",
    ),
    LoginWrongError: (401, "Неверный логин или пароль"),
    LoginLinkUnknownError: (404, "Ссылка для подтверждения логина не найдена"),
    MethodNotAllowedError: (405, "Используется неподходящий HTTP-метод"),
    LoginTakenError: (
        405,
        "Происходит попытка обновить login на уже зарегистрированный на портале",
    ),
    LoginLinkDeadError: (410, "Ссылка для подтверждения логина больше не действует"),
    BodyTooLargeError: (413, "Размер тела запроса превышает допустимый"),
    MediaTypeNotSpokenError: (415, "Тип содержимого запроса не поддерживается"),
    ProfilegateError: (500, "При обработке запроса возникла непредвиденная ошибка"),
}


def refuse(error: ProfilegateError) -> Refusal:
    """The refusal for an error: one sentence, and the fields at fault after it."""
    if isinstance(error, InvalidFieldsError):
        return _refusal(400, MALFORMED, _fields_at_fault(error))
    if isinstance(error, FieldsLockedError):
        return _refusal(400, LOCKED, [FIELD_NAMES.get(path, path) for path in error.paths])
    if _is_of_client(error):
        return _refusal(401, CLIENT_UNKNOWN, [])
    status, words = next(REFUSALS[kind] for kind in type(error).__mro__ if kind in REFUSALS)
    refusal = _refusal(status, words, [])
    if isinstance(error, LoginTakenError):
        # HTTP wants an Allow header on every 405; the method itself was right.
        refusal = refusal.with_header("allow", "POST")
    return refusal


def _is_of_client(error: ProfilegateError) -> bool:
    """Whether the integrator's client id alone was asked for, and is not good."""
    return (
        isinstance(
            error, CredentialMissingError | CredentialMalformedError | CredentialUnknownError
        )
        and error.name == CLIENT_FIELD
    )


def _fields_at_fault(error: InvalidFieldsError) -> list[str]:
    fields: list[str] = []
    for fault in error.faults:
        # The one rule about the body as a whole: at least one of the two must be there.
        fields += ["Login", "FullName"] if fault.rule == "anyOf" else [fault.field]
    return list(dict.fromkeys(filter(None, fields)))


def _refusal(status: int, words: str, fields: list[str]) -> Refusal:
    text = f"{words}: {', '.join(fields)}" if fields else words
    return Refusal(status, TEXT, text.encode())
