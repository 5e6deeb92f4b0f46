"""Kontur Diadoc: error responses, in the words of the service or its documents, as plain text."""

from collections.abc import Sequence

from profilegate.errors import (
    BodyTooLargeError,
    BodyUnreadableError,
    CredentialError,
    CredentialLockedError,
    CredentialMalformedError,
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
    Violation,
)
from profilegate.gateway.provider import ErrorResponse

from ._generated import FIELD_NAMES
from .auth import BEARER_FIELD, USER_FIELD
from .organizations import BoxDeniedError, OrganizationDeniedError

TEXT = "text/plain; charset=utf-8"

# A body that the service was seen to send has priority over the sentence of a page.
UNREADABLE = "Can't deserialize request body into type: "
CLIENT_INVALID = "Invalid API client id"
TOKEN_INVALID = "Invalid auth token"  # noqa: S105 (a sentence)
# The service puts the login before the full stop; we repeat nothing that was sent.
LOGIN_WRONG = "Wrong password provided for login."
# The service names the box in brackets.
BOX_DENIED = "Access to Box is denied"
INTERNAL_ERROR = (
    "The server encountered an internal error or misconfiguration and was unable to complete your "
    "request"
)

# The page's sentence for 400, where a parameter is wrong and not the body.
MALFORMED = "Данные в запросе имеют неверный формат или отсутствуют обязательные параметры"
LOCKED = "Изменение подтверждённых данных запрещено"

# The documents have the sentences of 400 and of both 405; the others in Russian are ours.
ERROR_RESPONSES: dict[type[ProfilegateError], tuple[int, str]] = {
    RequestError: (400, MALFORMED),
    CredentialError: (401, CLIENT_INVALID),
    CredentialLockedError: (429, "Слишком много неудачных попыток входа, повторите попытку позже"),
    LoginWrongError: (401, LOGIN_WRONG),
    OrganizationDeniedError: (403, "У пользователя нет доступа к организации"),
    BoxDeniedError: (403, BOX_DENIED),
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
    ProfilegateError: (500, INTERNAL_ERROR),
}

ERROR_CODE_HEADER = "x-diadoc-errorcode"
ERROR_CODES = {400: "Http.BadRequest", 401: "Http.Auth"}
"""Diadoc's own clients read the header; the service was seen to send these two for 400 and 401, and
none for 500."""


def to_error_response(error: ProfilegateError) -> ErrorResponse:
    """The error response for an error: one sentence, followed by the invalid fields."""
    if isinstance(error, InvalidFieldsError):
        return _malformed(error.schema, error.violations)
    if isinstance(error, BodyUnreadableError):
        return _malformed(error.schema, ())
    if isinstance(error, FieldsLockedError):
        return _error_response(400, LOCKED, [FIELD_NAMES.get(path, path) for path in error.paths])
    if _is_of_user(error):
        return _error_response(401, TOKEN_INVALID)
    status, words = next(
        ERROR_RESPONSES[kind] for kind in type(error).__mro__ if kind in ERROR_RESPONSES
    )
    error_response = _error_response(status, words)
    if isinstance(error, LoginTakenError):
        # RFC 9110, 15.5.6: every 405 has an Allow header; here the method itself was right.
        error_response = error_response.with_header("allow", "POST")
    return error_response


def _is_of_user(error: ProfilegateError) -> bool:
    """Whether a user's token is missing or wrong, beside a client id that is right."""
    return isinstance(error, CredentialMalformedError | CredentialUnknownError) and error.name in (
        USER_FIELD,
        BEARER_FIELD,
    )


def _malformed(schema: str, violations: Sequence[Violation]) -> ErrorResponse:
    """The error response for a body, or for parameters."""
    is_of_body = schema and not any(violation.is_parameter for violation in violations)
    words = UNREADABLE + schema if is_of_body else MALFORMED
    return _error_response(400, words, _invalid_fields(violations))


def _invalid_fields(violations: Sequence[Violation]) -> list[str]:
    """The names of all invalid fields, each once; none if the body as a whole is invalid."""
    if violations and all(violation.rule == "anyOf" for violation in violations):
        # The only rule about the whole body: it has at least one of the two.
        return ["Login", "FullName"]
    named = [each.field for each in violations if each.rule != "anyOf" and each.field]
    return list(dict.fromkeys(named))


def _error_response(status: int, words: str, fields: Sequence[str] = ()) -> ErrorResponse:
    text = f"{words}: {', '.join(fields)}" if fields else words
    error_response = ErrorResponse(status, TEXT, text.encode())
    if (code := ERROR_CODES.get(status)) is not None:
        return error_response.with_header(ERROR_CODE_HEADER, code)
    return error_response
