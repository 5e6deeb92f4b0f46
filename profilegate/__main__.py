"""``python -m profilegate``: the command line."""

from profilegate.cli import main

main(prog_name="profilegate")
