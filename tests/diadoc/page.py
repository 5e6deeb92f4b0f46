"""Diadoc's pages UpdateMyUser and Authenticate: samples and sentences of error responses."""

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
LOGIN_WRONG = "Неверный логин или пароль"
# Page Authenticate, 401.
CLIENT_UNKNOWN = (
    "В запросе отсутствует HTTP-заголовок Authorization, или в этом заголовке отсутствует параметр "
    "ddauth_api_client_id, или переданный в нем ключ разработчика не зарегистрирован в Диадоке"
)
