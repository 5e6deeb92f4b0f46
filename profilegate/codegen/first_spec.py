"""The spec of a new provider that begins without one: one operation, which updates a name."""

from profilegate.openapi import Node
from profilegate.openapi.bounds import NO_NUL

NAME_LENGTH_MAX = 255
"""We chose the usual length of a column for names."""

ACCOUNT = "1001"
"""The account of the demo data."""


def first_spec(name: str) -> Node:
    """The document: PATCH /NAME/users/{id} updates the given name and the family name."""
    return {
        "openapi": "3.0.3",
        "info": {"title": name.capitalize(), "version": "1"},
        "servers": [{"url": "/"}],
        "security": [{"ApiKey": []}],
        "paths": {
            f"/{name}/users/{{id}}": {
                "patch": {
                    "operationId": "update_user",
                    "summary": "Update a user",
                    "x-update": True,
                    "parameters": [
                        {
                            "name": "id",
                            "in": "path",
                            "required": True,
                            "schema": {"type": "string", "maxLength": 64, "pattern": NO_NUL},
                            "example": ACCOUNT,
                        }
                    ],
                    "requestBody": {"required": True, "content": _json("UserUpdate")},
                    "responses": {"200": {"description": "The user.", "content": _json("User")}},
                }
            }
        },
        "components": {
            "schemas": {
                "UserUpdate": {
                    "description": "What of a user can be updated.",
                    "type": "object",
                    "additionalProperties": False,
                    "properties": _names(),
                },
                "User": {
                    "description": "A user.",
                    "type": "object",
                    "x-projection": True,
                    "properties": _names(),
                },
            },
            "securitySchemes": {"ApiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key"}},
        },
    }


def _json(schema: str) -> Node:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _names() -> Node:
    return {
        name: {
            "description": f"The {word} name.",
            "type": "string",
            "maxLength": NAME_LENGTH_MAX,
            "pattern": NO_NUL,
            "x-profile": f"name.{word}",
            "x-pii": True,
        }
        for name, word in (("first_name", "given"), ("last_name", "family"))
    }
