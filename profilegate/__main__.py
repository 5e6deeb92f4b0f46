"""``python -m profilegate``: the command line."""

from profilegate.cli.main import main

main(prog_name="profilegate")
