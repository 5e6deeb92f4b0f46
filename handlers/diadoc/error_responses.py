"""Kontur Diadoc: error responses, in the sentences of its documents, as plain text."""

from profilegate.errors import (
    BodyTooLargeError,
    CredentialError,
    CredentialLockedError,
    CredentialMalformedError,
    CredentialMissingError,
    CredentialUnknownError,
    FieldsLockedError,
    HeadersTooLargeError,
    InvalidFieldsError,
    LoginLinkInvalidError,
    LoginLinkUnknownError,
    LoginQueueFullError,
    LoginTakenError,
    LoginWrongError,
    MailLimitExceededError,
    MediaTypeUnsupportedError,
    MethodNotAllowedError,
    PathUnknownError,
    ProfilegateError,
    RequestError,
    RequestTooSlowError,
    TargetTooLongError,
)
from profilegate.gateway.provider import ErrorResponse

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

# The documents have the sentences of 400, of 401 for a header, of both 405 and of 500; the others
# are ours.
ERROR_RESPONSES: dict[type[ProfilegateError], tuple[int, str]] = {
    RequestError: (400, MALFORMED),
    CredentialError: (
        401,
        "В запросе отсутствует HTTP-заголовок Authorization, или в этом заголовке содержатся "
        "некорректные авторизационные данные",
    ),
    CredentialLockedError: (429, "Слишком много неудачных попыток входа, повторите попытку позже"),
    LoginWrongError: (401, "Неверный логин или пароль"),
    LoginLinkUnknownError: (404, "Ссылка для подтверждения логина не найдена"),
    PathUnknownError: (404, "Метод не найден"),
    MethodNotAllowedError: (405, "Используется неподходящий HTTP-метод"),
    LoginTakenError: (
        405,
        "Происходит попытка обновить login на уже зарегистрированный на портале",
    ),
    RequestTooSlowError: (408, "Запрос передаётся слишком медленно"),
    LoginLinkInvalidError: (410, "Ссылка для подтверждения логина больше не действует"),
    BodyTooLargeError: (413, "Размер тела запроса превышает допустимый"),
    TargetTooLongError: (414, "Адрес запроса слишком длинный"),
    MediaTypeUnsupportedError: (415, "Тип содержимого запроса не поддерживается"),
    MailLimitExceededError: (
        429,
        "Слишком много писем с подтверждением логина, повторите попытку позже",
    ),
    HeadersTooLargeError: (431, "Размер заголовков запроса превышает допустимый"),
    LoginQueueFullError: (503, "Слишком много запросов на вход, повторите попытку позже"),
    ProfilegateError: (500, "При обработке запроса возникла непредвиденная ошибка"),
}


def to_error_response(error: ProfilegateError) -> ErrorResponse:
    """The error response for an error: one sentence, followed by the invalid fields."""
    if isinstance(error, InvalidFieldsError):
        return _error_response(400, MALFORMED, _invalid_fields(error))
    if isinstance(error, FieldsLockedError):
        return _error_response(400, LOCKED, [FIELD_NAMES.get(path, path) for path in error.paths])
    if _is_of_client(error):
        return _error_response(401, CLIENT_UNKNOWN, [])
    status, words = next(
        ERROR_RESPONSES[kind] for kind in type(error).__mro__ if kind in ERROR_RESPONSES
    )
    error_response = _error_response(status, words, [])
    if isinstance(error, LoginTakenError):
        # RFC 9110, 15.5.6: every 405 has an Allow header; here the method itself was right.
        error_response = error_response.with_header("allow", "POST")
    return error_response


def _is_of_client(error: ProfilegateError) -> bool:
    """Whether the operation needs the integrator's client id alone, and it is missing or wrong."""
    return (
        isinstance(
            error, CredentialMissingError | CredentialMalformedError | CredentialUnknownError
        )
        and error.name == CLIENT_FIELD
    )


def _invalid_fields(error: InvalidFieldsError) -> list[str]:
    fields: list[str] = []
    for violation in error.violations:
        # The only rule about the whole body: it has at least one of the two.
        fields += ["Login", "FullName"] if violation.rule == "anyOf" else [violation.field]
    return list(dict.fromkeys(filter(None, fields)))


def _error_response(status: int, words: str, fields: list[str]) -> ErrorResponse:
    text = f"{words}: {', '.join(fields)}" if fields else words
    return ErrorResponse(status, TEXT, text.encode())
