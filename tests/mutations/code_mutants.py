"""Mutants of code: one condition, check, statement or limit is changed."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.mutations.mutant import ROOT, Mutant

SECURITY = """
    handlers/*/auth.py handlers/*/iiban.py profilegate/http/security.py
    profilegate/http/http_rules.py profilegate/http/transport.py
    profilegate/http/client_address.py profilegate/gateway/lockouts.py
    profilegate/gateway/passwords.py profilegate/store/vault.py profilegate/store/credentials.py
    profilegate/store/accounts.py profilegate/store/sqlite/writer.py profilegate/store/files.py
    profilegate/store/master_key.py profilegate/gateway/admin_token.py
    profilegate/http/pages/own_origin.py profilegate/http/pages/sessions.py
    profilegate/http/pages/sign_in.py profilegate/http/pages/signed_in.py
""".split()

LIMITED = ("profilegate", "handlers")
UNLIMITED = ("profilegate/codegen/", "profilegate/cli/", "_generated.py")
"""A page of the command line and a line of generated code bound nothing that a stranger sends."""

LIMIT_WORDS = frozenset(
    "MAX MIN SECONDS THREADS SHARE SIZE MEMORY PASSES COST RESERVED CONNECTIONS".split()
)
"""A word of the name of each number that is a limit; every named duration is one."""

AT_LEAST = frozenset("MIN SIZE MEMORY PASSES COST RESERVED".split())
"""Words of numbers that are loosened by being smaller, such as the size of a secret."""

COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
}


class CodeMutants:
    """The mutants of one module."""

    def __init__(self, path: Path) -> None:
        self._path = str(path.relative_to(ROOT))
        self._text = path.read_text("utf-8")
        self._tree = ast.parse(self._text)
        self._starts = [0]
        for line in self._text.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def limits(self) -> Iterator[Mutant]:
        """Each limit, a thousand times as generous."""
        for name, value in self.values().items():
            text = self._segment(value)
            words = set(name.split("_"))
            is_least = AT_LEAST & words and "MAX" not in words
            new = f"max(1, ({text}) // 16)" if is_least else f"({text}) * 1000"
            yield self._put("limit", value, new, name)

    def values(self) -> dict[str, ast.expr]:
        """The limits of the module, and the expression that gives each."""
        found: dict[str, ast.expr] = {}
        for node in self._tree.body:
            if isinstance(node, ast.Assign):
                name, value = node.targets[0], node.value
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                name, value = node.target, node.value
            else:
                continue
            if isinstance(name, ast.Name) and is_limit(name.id, value):
                found[name.id] = value
        return found

    def lines(self) -> Iterator[Mutant]:
        """Each condition, check and statement."""
        for node in ast.walk(self._tree):
            if not is_skipped(node):
                yield from self._mutate(node)

    def _mutate(self, node: ast.AST) -> Iterator[Mutant]:
        if isinstance(node, (ast.If, ast.IfExp, ast.While)) and "TYPE_CHECKING" not in ast.dump(
            node.test
        ):
            test = node.test
            yield self._put("security", test, f"(not ({self._segment(test)}))", "condition negated")
        if isinstance(node, ast.Raise):
            yield self._put("security", node, "pass", "raise dropped")
        if isinstance(node, ast.Compare):
            yield from self._compare(node)
        if isinstance(node, ast.BoolOp):
            old, new = (" and ", " or ")[:: 1 if isinstance(node.op, ast.And) else -1]
            parts = [f"({self._segment(part)})" for part in node.values]
            yield self._put(
                "security", node, f"({new.join(parts)})", f"{old.strip()} → {new.strip()}"
            )
        if isinstance(node, ast.Call) and "compare_digest" in self._segment(node.func):
            yield self._put("security", node, "True", "compare_digest dropped")
        if isinstance(node, ast.Constant) and type(node.value) is int:
            yield self._put("security", node, str(node.value + 1), "constant + 1")
        if isinstance(node, ast.Constant) and type(node.value) is bool:
            yield self._put("security", node, str(not node.value), "constant negated")
        if self._is_removable(node):
            yield self._put("security", node, "pass", "statement dropped")

    def _is_removable(self, node: ast.AST) -> bool:
        """Whether a statement is a call, or sets what outlives its function; logs aside."""
        if isinstance(node, ast.Expr) and not isinstance(node.value, ast.Constant):
            text = self._segment(node)
            return not text.startswith("logger.") and "yield" not in text
        if isinstance(node, (ast.Assign, ast.AugAssign)):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            return isinstance(target, (ast.Attribute, ast.Subscript))
        return False

    def _compare(self, node: ast.Compare) -> Iterator[Mutant]:
        sides = [node.left, *node.comparators]
        for left, operator, right in zip(sides, node.ops, sides[1:], strict=False):
            if type(operator) in COMPARISONS:
                old, new = COMPARISONS[type(operator)]
                start, end = self._at(left)[1], self._at(right)[0]
                between = self._text[start:end].replace(old, new, 1)
                yield Mutant("security", self._path, start, end, between, f"{old} → {new}")

    def _put(self, kind: str, node: ast.AST, new: str, rule: str) -> Mutant:
        start, end = self._at(node)
        return Mutant(kind, self._path, start, end, new, rule)

    def _segment(self, node: ast.AST) -> str:
        start, end = self._at(node)
        return self._text[start:end]

    def _at(self, node: ast.AST) -> tuple[int, int]:
        return (
            self._offset(node.lineno, node.col_offset),  # type: ignore[attr-defined]
            self._offset(node.end_lineno, node.end_col_offset),  # type: ignore[attr-defined]
        )

    def _offset(self, line: int, byte: int) -> int:
        start = self._starts[line - 1]
        row = self._text[start : self._starts[line]]
        return start + len(row.encode()[:byte].decode())


def is_limit(name: str, value: ast.expr) -> bool:
    """Whether a constant is a number or a duration with the name of a limit."""
    if not name.isupper():
        return False
    if isinstance(value, ast.Call):
        return ast.unparse(value.func) == "timedelta"
    parts = list(ast.walk(value))
    numbers = (ast.Constant, ast.BinOp, ast.operator)
    return (
        bool(LIMIT_WORDS & set(name.split("_")))
        and all(isinstance(part, numbers) for part in parts)
        and all(
            type(part.value) in (int, float) for part in parts if isinstance(part, ast.Constant)
        )
    )


def is_skipped(node: ast.AST) -> bool:
    """Whether a node has no place in the text, such as an operator."""
    return not hasattr(node, "lineno")


def limited_files() -> list[Path]:
    """The modules that may have limits."""
    files = (path for folder in LIMITED for path in sorted((ROOT / folder).rglob("*.py")))
    return [path for path in files if not any(part in str(path) for part in UNLIMITED)]


def code_mutants() -> Iterator[Mutant]:
    """All limits of the engine and the handlers, and all lines of security code."""
    for path in limited_files():
        yield from CodeMutants(path).limits()
    for pattern in SECURITY:
        for path in sorted(ROOT.glob(pattern)):
            yield from CodeMutants(path).lines()
