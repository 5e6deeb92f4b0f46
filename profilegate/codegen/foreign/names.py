"""Names of a foreign spec as Python can have them: of operations and of components."""

import builtins
import keyword
import re
from typing import Final

from profilegate.codegen.python_types import TAKEN, pascal

RESERVED: Final = (
    frozenset(dir(builtins))
    | TAKEN
    | frozenset({"body", "call", "example", "fields", "handlers", "operations", "self", "uuid4"})
)
"""Names that the generated modules and the first handlers use themselves."""


def is_free(name: str) -> bool:
    """Whether a component or an operation can have a name."""
    plain = name.isidentifier() and name.isascii() and not keyword.iskeyword(name)
    return plain and name not in RESERVED and not name.startswith("_")


def snake_case(text: str) -> str:
    """Words of any text in snake_case: ``Get User-Info`` -> ``get_user_info``."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", text)
    return re.sub(r"[^0-9a-z]+", "_", spaced.lower()).strip("_")


def operation_name(said: str | None, method: str, path: str) -> str:
    """The id of an operation: its own, in snake_case if need be, or made from method and path."""
    if said is not None and is_free(said):
        return said
    for name in (snake_case(said or ""), snake_case(f"{method} {path}")):
        if is_free(name):
            return name
    return f"{method}_root"


def component_name(said: str) -> str:
    """The name of a component as a class can have it: ``v1.user`` -> ``V1User``."""
    if is_free(said):
        return said
    made = pascal(said) or "Unnamed"
    if made[0].isdigit():
        made = f"Schema{made}"
    return made if is_free(made) else f"{made}Schema"


def unique(name: str, taken: set[str]) -> str:
    """The name, with a number if it is taken already; it is taken from now on."""
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}{number}"
    taken.add(free)
    return free


def name_of_steps(steps: tuple[str | int, ...], stem: str) -> str:
    """A name for what has none: ``…/User/properties/e-mail`` -> ``UserEMail``."""
    dull = {"components", "schemas", "properties", "paths", "content", "schema", "definitions"}
    words = [str(step) for step in steps if str(step) not in dull and "/" not in str(step)]
    return component_name("".join(pascal(word) for word in words[-4:]) or pascal(stem))
