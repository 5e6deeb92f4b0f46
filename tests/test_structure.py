"""The rooms and the arrows between them, read from the source and not from memory."""

import ast
import inspect
import re
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from profilegate import errors
from profilegate.errors import ProfilegateError
from profilegate.openapi.resources import spec_files

ROOT = Path(__file__).resolve().parents[1]
ENGINE = ROOT / "profilegate"
HANDLERS = ROOT / "handlers"

PROVIDERS = sorted(path.stem for path in spec_files(ROOT / "specs"))


def sources(*folders: Path) -> dict[str, Path]:
    """Each Python file below some folders, by its path in the checkout."""
    files = [path for folder in folders for path in sorted(folder.rglob("*.py"))]
    return {path.relative_to(ROOT).as_posix(): path for path in files}


ENGINE_FILES = sources(ENGINE)
ALL_FILES = sources(ENGINE, HANDLERS, ROOT / "tests", ROOT / "benchmarks")


def parse(path: Path) -> ast.Module:
    """A file's syntax tree."""
    return ast.parse(path.read_text("utf-8"))


def module_name(path: Path) -> str:
    """``profilegate/openapi/__init__.py`` -> ``profilegate.openapi``."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(node: ast.AST) -> list[str]:
    """The full names that an import statement may bring in, dots first where it is relative."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        source = "." * node.level + (node.module or "")
        before = f"{source}." if node.module else source
        return [source, *(f"{before}{alias.name}" for alias in node.names)]
    return []


def at_start(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements that run when a module is imported, those under conditions too."""
    waiting: list[ast.stmt] = list(tree.body)
    while waiting:
        node = waiting.pop(0)
        yield node
        for block in ("body", "orelse", "finalbody"):
            if isinstance(node, ast.If | ast.Try | ast.With):
                waiting += getattr(node, block, [])


# --- Arrows ------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ENGINE_FILES.values(), ids=ENGINE_FILES)
def test_the_engine_imports_no_handler_and_no_spec(path: Path) -> None:
    """
    "handlers/ -> profilegate/ -> specs/. Never back": the engine finds them when it starts.
    """
    rooms = re.compile(r"\.*(profilegate\.)?(handlers|specs|tests|benchmarks)(\.|$)")
    back = [name for node in ast.walk(parse(path)) for name in imported(node) if rooms.match(name)]

    assert [] == back


def test_the_engine_has_no_circle_of_imports() -> None:
    """
    Circles start with an error module that builds responses, and end with imports in functions.
    """
    modules = {module_name(path): parse(path) for path in ENGINE_FILES.values()}
    graph = {
        module: {
            name for node in at_start(tree) for name in imported(node) if name in modules
        } - {"profilegate"}
        for module, tree in modules.items()
    }  # fmt: skip
    circle: list[str] = []
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = error.args[1]

    assert [] == circle


@pytest.mark.parametrize("provider", sorted(p.name for p in HANDLERS.iterdir() if p.is_dir()))
def test_no_provider_imports_another(provider: str) -> None:
    """
    "Inside handlers/ a provider never imports another": it has its own files, relatively, and
    the engine's.
    """
    strange = [
        f"{file}: {name}"
        for file, path in sources(HANDLERS / provider).items()
        for node in ast.walk(parse(path))
        for name in imported(node)
        if re.match(r"\.\.|handlers\b|profilegate\.handlers\b|specs\b|tests\b", name)
    ]

    assert [] == strange


def spoken_words(tree: ast.Module) -> Iterator[str]:
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


@pytest.mark.parametrize("path", ENGINE_FILES.values(), ids=ENGINE_FILES)
def test_the_engine_names_no_provider(path: Path) -> None:
    """
    "The engine knows no provider by name": what one of them needs stands in its spec or in its
    handlers. (The demo data is data, and names them all.)
    """
    providers = re.compile("|".join(set(PROVIDERS) - {"profiles"}), re.IGNORECASE)

    assert [] == [word for word in spoken_words(parse(path)) if providers.search(word)]


# --- Errors ------------------------------------------------------------------------------


def test_errors_import_nothing_of_ours() -> None:
    """
    Everything may raise them, so they may need nothing of ours: the rest would be a circle.
    """
    tree = parse(ENGINE / "errors.py")
    modules = {name.partition(".")[0] for node in ast.walk(tree) for name in imported(node)}

    assert modules <= {"collections", "msgspec", "typing"}


def test_errors_know_no_http() -> None:
    """
    "How a provider words an error, and under which status, is the business of error responses.py".
    """
    tree = parse(ENGINE / "errors.py")
    statuses = [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) is int and node.value >= 100
    ]
    names = [word for word in spoken_words(tree) if re.search("(?i)http|status", word)]

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
    Whoever looks for an error looks at the drawing first.
    """
    block = inspect.cleandoc(errors.__doc__ or "").partition("The tree::\n\n")[2]
    lines = block.partition("\n\n")[0].splitlines()
    drawing = [re.sub(r"(?<=\w)  .*", "", line.removeprefix("    ")) for line in lines]

    assert ["ProfilegateError", *drawn_tree(ProfilegateError)] == drawing


@pytest.mark.parametrize(
    "name", [name for name, value in vars(errors).items() if inspect.isclass(value)
             and issubclass(value, ProfilegateError)],
)  # fmt: skip
def test_an_error_is_named_as_one_and_says_what_it_is(name: str) -> None:
    """
    "Errors are named by what happened, end in Error".
    """
    says = (getattr(errors, name).__doc__ or "").strip()

    assert (True, True) == (name.endswith("Error"), says.endswith("."))


# --- Captions ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", ALL_FILES.values(), ids=ALL_FILES)
def test_a_module_opens_with_its_caption(path: Path) -> None:
    """
    "One line that would do as a sign on the provider"; more may follow after an empty line.
    """
    first, *rest = (ast.get_docstring(parse(path)) or "").splitlines() or [""]

    assert (True, [""]) == (first.endswith((".", "?")), rest[:1] or [""])
