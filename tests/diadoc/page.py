"""Diadoc: samples and sentences of the page UpdateMyUser, and recorded error responses."""

# The bodies of the page's two requests and of its response, byte for byte.
LOGIN_AND_NAME = b"""{
    "Login":
    {
        "Login": "newLogin@kontur.ru"
    },
    "FullName":
    {
        "FullName":
        {
            "FirstName": "NewFirstName",
            "LastName": "NewLastName",
            "MiddleName": "NewMiddleName"
        }
    }
}
"""
NAME = b"""{
    "FullName":
    {
        "FullName":
        {
            "FirstName": "NewFirstName",
            "LastName": "NewLastName",
            "MiddleName": "NewMiddleName"
        }
    }
}
"""
RESPONSE = b"""{
    "UserId": "d064f6ba-7b81-432d-a41d-93b23eebe579",
    "Login": "login@kontur.ru",
    "FullName":
    {
        "FirstName": "NewFirstName",
        "LastName": "NewLastName",
        "MiddleName": "NewMiddleName"
    },
    "IsRegistered": true
}
"""

# The page's sentences for its statuses, each with a capital letter.
BAD_REQUEST = "Данные в запросе имеют неверный формат или отсутствуют обязательные параметры"
UNAUTHORIZED = (
    "В запросе отсутствует HTTP-заголовок Authorization, или в этом заголовке содержатся "
    "некорректные авторизационные данные"
)
WRONG_METHOD = "Используется неподходящий HTTP-метод"
LOGIN_TAKEN = "Происходит попытка обновить login на уже зарегистрированный на портале"

# The bodies that the service was seen to send, in place of the page's sentences.
UNREADABLE = "Can't deserialize request body into type: UserToUpdate"
LOGIN_UNREADABLE = "Can't deserialize request body into type: LoginPassword"
CLIENT_INVALID = "Invalid API client id"
TOKEN_INVALID = "Invalid auth token"
LOGIN_WRONG = "Wrong password provided for login."
INTERNAL_ERROR = (
    "The server encountered an internal error or misconfiguration and was unable to complete your "
    "request"
)
