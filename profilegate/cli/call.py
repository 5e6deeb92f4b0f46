"""The command call: sends a request to a provider, as its spec says."""

from pathlib import Path

import click

# Everything else is imported when a provider is named: `profilegate --help` needs none of it.

EPILOG = """\
Exit codes: 0 the call succeeded; 2 the usage or the request is wrong, and nothing was sent; 3 the
response breaks the spec; 4 its status is 4xx; 5 it is 5xx, or there is none.
"""


class Calls(click.Group):
    """``call``: a group for each provider. Only the spec of the named one is read."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the providers."""
        from profilegate.gateway.loading import spec_names

        return sorted(spec_names())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The group of a provider, or of a spec by the path of its file."""
        if cmd_name in self.list_commands(ctx) or is_file(cmd_name):
            from profilegate.cli.call_options import Operations

            return Operations(cmd_name)
        return None


def is_file(name: str) -> bool:
    """Whether the name of a provider is the path of a spec."""
    from profilegate.openapi.resources import SUFFIXES

    return name.endswith(SUFFIXES) and Path(name).is_file()


@click.group(cls=Calls, epilog=EPILOG, subcommand_metavar="PROVIDER OPERATION [OPTIONS]")
def call() -> None:
    """Call an operation of a provider, as its spec says.

    PROVIDER may also be the path of a spec. The request is checked before it is sent, signed as the
    provider requires, and the response is checked.
    """
