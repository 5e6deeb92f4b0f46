"""Structure: which package imports which, the tree of errors, and the terms of the project."""

import ast
import inspect
import re
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from profilegate import errors
from profilegate.errors import ProfilegateError

ROOT = Path(__file__).resolve().parents[1]
ENGINE = ROOT / "profilegate"
HANDLERS = ROOT / "handlers"

LAYERS = (
    {"__main__"},
    {"cli"},
    {"testing"},
    {"contract"},
    {"http", "client"},
    {"codegen", "admin"},
    {"gateway"},
    {"store"},
    {"media"},
    {"openapi"},
    {"profile"},
    {"errors"},
)
"""The packages of the engine: each imports only packages of the lines below its own."""

SERVER = {"http", "admin", "gateway", "store", "media", "openapi", "profile", "errors"}
"""The packages that the running server loads."""


def sources(*folders: Path) -> dict[str, ast.Module]:
    """Parse each Python file of some folders: its path in the checkout -> its syntax tree."""
    return {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8"))
        for folder in folders
        for path in sorted(folder.rglob("*.py"))
    }


ENGINE_SOURCES = sources(ENGINE)


def module_name(file: str) -> str:
    """``profilegate/openapi/__init__.py`` -> ``profilegate.openapi``."""
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imported(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """The full names that import statements may bring in; a relative one begins with dots."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            source = "." * node.level + (node.module or "")
            yield source
            yield from (f"{source}{'.' * bool(node.module)}{each.name}" for each in node.names)


def at_start(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements that run when a module is imported, including those under conditions.

    Imports for types alone (``if TYPE_CHECKING``) do not run.
    """
    waiting: list[ast.stmt] = list(tree.body)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        yield node
        for block in ("body", "orelse", "finalbody"):
            if isinstance(node, ast.If | ast.Try | ast.With):
                waiting += getattr(node, block, [])


def package_imports() -> Iterator[tuple[str, str, str]]:
    """Each import between two packages of the engine: the file, its package, the other one."""
    for file, tree in ENGINE_SOURCES.items():
        if file != "profilegate/__init__.py":
            package = module_name(file).split(".")[1]
            for name in imported(ast.walk(tree)):
                first, _, rest = name.partition(".")
                other = rest.partition(".")[0]
                if first == "profilegate" and other and other != package:
                    yield file, package, other


# --- Imports -----------------------------------------------------------------------------


def test_imports_go_downwards() -> None:
    """
    "cli > http|client > codegen|admin > gateway > store > media > openapi > profile > errors".
    """
    layer = {package: place for place, line in enumerate(LAYERS) for package in line}
    wrong = [
        f"{file} imports {other}"
        for file, package, other in package_imports()
        if layer[package] >= layer[other]
    ]

    assert [] == wrong


def test_the_server_does_not_import_the_code_generator() -> None:
    """
    A running gateway reads the generated files; it never generates any.
    """
    assert [] == [
        f
        for f, package, other in package_imports()
        if (package in SERVER, other) == (True, "codegen")
    ]


def test_the_command_line_loads_the_server_only_to_serve() -> None:
    """
    Every other command starts without the HTTP layer: only ``serve`` imports it, when it runs.
    """
    early = [
        file
        for file, tree in ENGINE_SOURCES.items()
        if file.startswith("profilegate/cli/")
        and any(name.startswith("profilegate.http") for name in imported(at_start(tree)))
    ]
    lazy = {
        file for file, package, other in package_imports() if (package, other) == ("cli", "http")
    }

    assert ([], {"profilegate/cli/main.py"}) == (early, lazy)


def test_the_engine_imports_no_handler_and_no_spec() -> None:
    """
    "handlers/ -> profilegate/ -> specs/. Never back": the engine finds them when it starts.
    """
    above = re.compile(r"\.*(profilegate\.)?(handlers|specs|tests|benchmarks)(\.|$)")
    wrong = [
        f"{file} imports {name}"
        for file, tree in ENGINE_SOURCES.items()
        for name in imported(ast.walk(tree))
        if above.match(name)
    ]

    assert [] == wrong


def test_the_engine_has_no_circle_of_imports() -> None:
    """
    Circles start with an error module that builds responses, and end with imports in functions.
    """
    modules = {module_name(file): tree for file, tree in ENGINE_SOURCES.items()}
    graph = {
        module: {name for name in imported(at_start(tree)) if name in modules} - {"profilegate"}
        for module, tree in modules.items()
    }
    circle: list[str] = []
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = error.args[1]

    assert [] == circle


def test_no_provider_imports_another() -> None:
    """
    "Inside handlers/ a provider never imports another": it imports its own files, relatively,
    and the engine's.
    """
    wrong = [
        f"{file} imports {name}"
        for file, tree in sources(HANDLERS).items()
        for name in imported(ast.walk(tree))
        if re.match(r"\.\.|handlers\b|profilegate\.handlers\b|specs\b|tests\b", name)
    ]

    assert [] == wrong


def code_words(tree: ast.Module) -> Iterator[str]:
    """The names and texts in a module's code; docstrings and comments are not code."""
    prose = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str) and id(node) not in prose:
                yield node.value
        else:
            # Names of every kind are text in some field of their node: id, attr, arg, name.
            for _, value in ast.iter_fields(node):
                if isinstance(value, str):
                    yield value


def test_the_engine_names_no_provider() -> None:
    """
    "The engine knows no provider by name": a provider's own rules stand in its spec or in its
    handlers. (The demo data is data, and names them all).
    """
    names = {path.stem for path in (ROOT / "docs" / "providers").glob("*.md")}
    providers = re.compile("|".join(names), re.IGNORECASE)
    wrong = [
        f"{file}: {word}"
        for file, tree in ENGINE_SOURCES.items()
        for word in code_words(tree)
        if providers.search(word)
    ]

    assert len(names) >= 4
    assert [] == wrong


# --- Errors ------------------------------------------------------------------------------


def test_errors_import_nothing_of_ours() -> None:
    """
    Every module may raise them; an import of ours in them would be a circle.
    """
    names = imported(ast.walk(ENGINE_SOURCES["profilegate/errors.py"]))
    modules = {name.partition(".")[0] for name in names}

    assert modules <= {"collections", "dataclasses", "msgspec", "typing"}


def test_errors_know_no_http() -> None:
    """
    "How a provider words an error, and under which status, is the business of its handlers".
    """
    tree = ENGINE_SOURCES["profilegate/errors.py"]
    statuses = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value >= 100
    ]
    names = [word for word in code_words(tree) if re.search("(?i)http", word)]

    assert ([], []) == (statuses, names)


def drawn_tree(cls: type[ProfilegateError], above: str = "") -> Iterator[str]:
    """A class's subclasses as the lines of a tree, in the order in which they are defined."""
    below = [each for each in cls.__subclasses__() if each.__module__ == errors.__name__]
    for place, each in enumerate(below, start=1):
        is_last = place == len(below)
        yield f"{above}{'└── ' if is_last else '├── '}{each.__name__}"
        yield from drawn_tree(each, above + ("    " if is_last else "│   "))


def test_the_tree_of_errors_is_drawn_as_it_is() -> None:
    """
    A reader who looks for an error looks at the drawing first; each name in it ends in Error.
    """
    block = inspect.cleandoc(errors.__doc__ or "").partition("The tree::\n\n")[2]
    lines = block.partition("\n\n")[0].splitlines()
    drawing = [re.sub(r"(?<=\w)  .*", "", line.removeprefix("    ")) for line in lines]

    assert ["ProfilegateError", *drawn_tree(ProfilegateError)] == drawing
    assert [] == [line for line in drawing if not line.endswith("Error")]


# --- Terms -------------------------------------------------------------------------------

FORMER_WORDS = re.compile(
    r"(?i)\b(doors?|desks?|gates?|worlds?|verdicts?|refus(?:e[ds]?|als?|ing)|wordings?"
    r"|postponed|mend(?:s|ed|ing)?|befell|dearer|nought|whoever|let in)\b"
)
"""Words that the glossary replaced, in names (``AllDoors``, ``at_desk``), texts and prose."""

FORMER_NAMES = re.compile(
    r"\b(AuthorError|_who_calls|issuing|Issuing|Issuer|side_by_side|Whole(?! [a-z])|Remains"
    r"|changes_from_\w+|\w+_from_profile)\b"
)
"""Names that the glossary replaced, whose words remain ordinary ones."""

EXCEPTIONS = (
    ("tests/test_structure.py", "the list itself"),
    ("profilegate/store/sqlite/migrations/", "migrations quote the columns of older databases"),
    ("tests/store/test_migration.py", "it writes a database as an older version did"),
    ("benchmarks/compare.py", "older checkouts have other names"),
    ("docs/performance", "measurements keep the keys under which they were taken"),
    ("/gate", "a prefix below which a proxy publishes the pages"),
    ("{address}gate/", "the same"),
    ("Karl Johans gate", "a street in Oslo"),
    ("SMTPRecipientsRefused", "an exception of the standard library"),
    ("ConnectionRefusedError", "an exception of the standard library"),
    ("issuing_", "Machnet's and Kraken's word for the country of a document"),
)
"""What may contain them, by the beginning of its path or by a part of its line, and why."""

SUFFIXES = {".py", ".md", ".sql", ".ts", ".yaml", ".json", ".proto"}


def terms_found() -> Iterator[str]:
    """Each replaced word in a file name or a line of the project that is no exception."""
    folders = ("profilegate", "handlers", "specs", "tests", "docs", "benchmarks")
    for paths in (ROOT.glob("*.md"), *((ROOT / folder).rglob("*") for folder in folders)):
        for path in sorted(paths):
            file = path.relative_to(ROOT).as_posix()
            if path.suffix in SUFFIXES and "swagger_ui/" not in file:
                for number, line in enumerate([file, *path.read_text("utf-8").splitlines()]):
                    if any(mark in line or file.startswith(mark) for mark, _ in EXCEPTIONS):
                        continue
                    # AllDoors, all_doors and all doors are the same words.
                    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|_", " ", line)
                    names = FORMER_NAMES.findall(line)
                    for term in [*FORMER_WORDS.findall(words), *names]:
                        yield f"{file}:{number}: {term}"


def test_replaced_terms_do_not_come_back() -> None:
    """
    "One word for one thing, and the word that the field uses": a name is found with grep.
    """
    assert [] == list(terms_found())
