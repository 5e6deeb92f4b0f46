"""What the generator gives now, written beside each spec: ``python -m tests.codegen.rewrite``.

Read the difference as you would read a person's change: it is the behaviour.
"""

from pathlib import Path

from profilegate.codegen.module import generate_module
from profilegate.errors import SpecError
from profilegate.openapi import read_spec, validate_spec

BEHAVIOURS = Path(__file__).parent


def outcome(folder: Path) -> tuple[str, str]:
    """The file that a behaviour's spec must lead to, and its text: code, or an error."""
    try:
        spec = read_spec(folder / "spec.yaml")
        validate_spec(spec)
        return "expected.py", generate_module(spec)
    except SpecError as error:
        return "expected.txt", f"{error}\n"


def behaviours() -> list[Path]:
    """The folder of each behaviour."""
    return sorted(path.parent for path in BEHAVIOURS.glob("*/spec.yaml"))


def main() -> None:
    """Write every expected file anew."""
    for folder in behaviours():
        for old in folder.glob("expected.*"):
            old.unlink()
        name, text = outcome(folder)
        (folder / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
